"""Reads English prose to take sentences from: Jane Austen's novels as Debian packages them, or text files."""

import dataclasses
import hashlib
import os

import r_lazydata

AUSTEN_DIR = "/usr/lib/R/site-library/janeaustenr"  # where Debian's r-cran-janeaustenr puts them


@dataclasses.dataclass(frozen=True, kw_only=True)
class Prose:
    """Text and where it is from.

    Attributes:
      source: str, name and version.
      lines: list of str, with blank lines between paragraphs.
    """

    source: str
    lines: list

    @property
    def sha256(self):
        """SHA-256 of the lines joined by newlines, in hexadecimal."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()


def _joined(texts):
    return [line for text in texts for line in [*text, ""]]


def read_austen(package_dir=AUSTEN_DIR):
    """Reads the six novels from an installed R package janeaustenr; R itself is not needed.

    Raises:
      FileNotFoundError: the package is not there; the message says what to install.
    """
    try:
        novels = r_lazydata.read_text_data(package_dir)
        with open(os.path.join(package_dir, "DESCRIPTION"), encoding="utf-8") as file:
            version = next(line.split()[1] for line in file if line.startswith("Version:"))
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"Jane Austen's novels were not found in {package_dir}: apt-get install --no-install-recommends "
            "r-cran-janeaustenr, or give prose of your own by --text_file"
        ) from error
    return Prose(source=f"janeaustenr {version}", lines=_joined(novels.values()))


def read_files(paths):
    """Reads UTF-8 text files, in the order given; raises ValueError for one that is not UTF-8."""
    texts = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            try:
                texts.append(file.read().splitlines())
            except UnicodeDecodeError as error:
                raise ValueError(f"{path} is not UTF-8 text: {error}") from error
    return Prose(source=" ".join(os.path.basename(path) for path in paths), lines=_joined(texts))

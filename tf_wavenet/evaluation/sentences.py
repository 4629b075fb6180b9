"""Sentences to evaluate on: those that come with the package, or a split of a folder of recordings."""

import dataclasses
import os
import pathlib

from tf_wavenet import voices
from tf_wavenet.training import data

PASSAGE = "passage"


@dataclasses.dataclass(frozen=True)
class Sentence:
    """A recording that the voice was not trained on, and its words ("" where they are not known)."""

    path: pathlib.Path
    text: str = ""

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem


def shipped_sentences() -> list[Sentence]:
    """Returns the test sentences that come with the package (`voices.test_sentences`, and its errors)."""
    return [Sentence(path, text) for path, text in voices.test_sentences().items()]


def list_sentences(data_dir: str | os.PathLike, split: str) -> list[Sentence]:
    """Returns a split of a folder of recordings, or its held-out "passage" of connected text, as tools/make_corpus.py
    lists it.

    Raises:
      FileNotFoundError: if there is no passage.
      FileNotFoundError, ValueError: as `training.data.list_split`.
    """
    if split != PASSAGE:
        return [Sentence(path) for path in data.list_split(data_dir, split)]
    listed = pathlib.Path(data_dir) / "passage.txt"
    if not listed.is_file():
        raise FileNotFoundError(f"{listed}: missing: the folder has no held-out passage")
    lines = (line.split("|") for line in listed.read_text(encoding="utf-8").splitlines() if line)
    return [Sentence(listed.parent / path, text) for path, text, *_ in lines]

"""Voices that come with the package, and sentences that none of them was trained on."""

import pathlib


DEFAULT_PRECISION = "int16"  # What f32 says, in half the bytes; int8 is quicker still, and a little further from it.
PRECISIONS = ("f32", "int16", "int8")


def default_voice_path(precision: str = DEFAULT_PRECISION) -> pathlib.Path:
    """Returns the path of the voice file that speaks where none is given.

    Args:
      precision: the voice comes in "f32", which the other two are made of, "int16" and "int8".

    Raises:
      FileNotFoundError: if the package was built without it.
      ValueError: for another precision.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision is {precision!r}, must be one of {', '.join(PRECISIONS)}")
    path = pathlib.Path(__file__).resolve().parent / f"default-{precision}.gguf"
    if not path.is_file():
        raise FileNotFoundError(f"{path}: the package has no default voice; give the path of a voice file")
    return path


def shipped() -> dict[str, pathlib.Path]:
    """Returns the voice files that come with the package by name, such as "speakers-int16"; the default voice first."""
    found = {path.stem: path for path in sorted(pathlib.Path(__file__).resolve().parent.glob("*.gguf"))}
    first = f"default-{DEFAULT_PRECISION}"
    return {name: found[name] for name in sorted(found, key=lambda name: name != first)}


def test_sentences() -> dict[pathlib.Path, str]:
    """Returns the recordings (16 kHz FLAC) that come with the package, and the words of each, in order.

    Raises:
      FileNotFoundError: if the package was built without them.
    """
    listed = pathlib.Path(__file__).resolve().parents[1] / "test_sentences" / "sentences.txt"
    if not listed.is_file():
        raise FileNotFoundError(f"{listed}: the package has no test sentences; give recordings of your own")
    pairs = (line.split("|", 1) for line in listed.read_text(encoding="utf-8").splitlines() if line)
    return {listed.parent / name: text for name, text in pairs}

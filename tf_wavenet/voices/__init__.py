"""Voices that come with the package, and sentences that none of them was trained on."""

import pathlib


def default_voice_path() -> pathlib.Path:
    """Returns the path of the voice file that speaks where none is given.

    Raises:
      FileNotFoundError: if the package was built without it.
    """
    path = pathlib.Path(__file__).resolve().parent / "default.gguf"
    if not path.is_file():
        raise FileNotFoundError(f"{path}: the package has no default voice; give the path of a voice file")
    return path


def reference_voice_path() -> pathlib.Path | None:
    """Returns the path of the f32 voice that the default voice was made of, which `evaluate` holds it against; None
    where the package has none."""
    path = pathlib.Path(__file__).resolve().parent / "default-f32.gguf"
    return path if path.is_file() else None


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

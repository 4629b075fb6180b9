"""Sentences to evaluate on: those that come with the package, or a split of a folder of recordings."""

import dataclasses
import os
import pathlib
from collections.abc import Sequence

from tf_wavenet import voices
from tf_wavenet.training import data

PASSAGE = "passage"


@dataclasses.dataclass(frozen=True)
class Sentence:
    """A recording that the voice was not trained on, its words and its speaker ("" where they are not known)."""

    path: pathlib.Path
    text: str = ""
    speaker: str = ""

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
      FileNotFoundError, ValueError: as `training.data.list_utterances`.
    """
    if split != PASSAGE:
        return [Sentence(found.path, found.text, found.speaker) for found in data.list_utterances(data_dir, split)]
    listed = pathlib.Path(data_dir) / "passage.txt"
    if not listed.is_file():
        raise FileNotFoundError(f"{listed}: missing: the folder has no held-out passage")
    lines = (line.split("|") for line in listed.read_text(encoding="utf-8").splitlines() if line)
    return [Sentence(listed.parent / path, *fields[:2]) for path, *fields in lines]


def of_speaker(sentences: Sequence[Sentence], speaker: str) -> list[Sentence]:
    """Returns the sentences of one speaker; where none has a name, all, to be spoken by it.

    Raises:
      ValueError: if they have names, and none is this one.
    """
    if not any(sentence.speaker for sentence in sentences):
        return [dataclasses.replace(sentence, speaker=speaker) for sentence in sentences]
    found = [sentence for sentence in sentences if sentence.speaker == speaker]
    if not found:
        known = ", ".join(sorted({sentence.speaker for sentence in sentences}))
        raise ValueError(f"speaker is {speaker!r}, the sentences are of {known}")
    return found

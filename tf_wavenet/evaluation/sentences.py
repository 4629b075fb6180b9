"""Sentences to evaluate on: those that come with the package, or a split of a folder of recordings."""

import dataclasses
import os
import pathlib

from tf_wavenet import voices
from tf_wavenet.training import data


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
    """Returns a split of a folder of recordings; raises what `training.data.list_split` raises."""
    return [Sentence(path) for path in data.list_split(data_dir, split)]

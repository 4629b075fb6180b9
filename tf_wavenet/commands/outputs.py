"""Where `synthesize` writes: one file for each input, settled and checked before any work."""

import os
import pathlib
from collections.abc import Sequence

from tf_wavenet.commands import options


def audio_file(path: str) -> pathlib.Path:
    """Returns `path`, a recording to be written; raises what `options.output_file` and `check_container` do."""
    from tf_wavenet.audio.wav import check_container

    output = options.output_file(path)
    check_container(output)
    return output


def audio_files(folder: str, inputs: Sequence[pathlib.Path]) -> list[pathlib.Path]:
    """Returns the wav files to be written into `folder`, each with the stem of its input; makes none, nor the folder.

    Raises:
      ValueError: if two inputs have one stem, or an output is a folder.
      OSError: as `options.output_folder`, or if an output that exists cannot be written.
    """
    folder = options.output_folder(folder)
    input_of = {}
    for path in inputs:
        output = folder / f"{path.stem}.wav"
        if output in input_of:
            other = input_of[output]
            if other.resolve() == path.resolve():
                raise ValueError(f"{path}: is given twice")
            raise ValueError(f"{output}: {other} and {path} would both be written there; speak them into two folders")
        input_of[output] = path
    for output in input_of:
        if output.exists():
            options.output_file(output)
    return list(input_of)


def refuse_overwriting(inputs: Sequence[pathlib.Path], outputs: Sequence[pathlib.Path]) -> None:
    """Raises `ValueError` if an output is one of the inputs, under whatever name."""
    input_of = {_identity(path): path for path in inputs if path.exists()}
    for output in outputs:
        if output.exists() and _identity(output) in input_of:
            same = input_of[_identity(output)]
            raise ValueError(f"{output}: would overwrite an input{'' if same == output else f', {same}'}")


def _identity(path: pathlib.Path) -> tuple[int, int]:
    """Returns what two names of one file have in common."""
    status = os.stat(path)
    return status.st_dev, status.st_ino

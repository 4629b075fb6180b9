"""Checks of the arguments that arrays and numbers are: what is wrong is refused by name. For `native` and `ops`."""

import numpy as np

from tf_wavenet.config import speaker_index


def array(name: str, value, dtype, shape: str, ranks: tuple[int, ...]) -> np.ndarray:
    """Returns `value` contiguous; converts nothing, since a wrong dtype is a mistake upstream."""
    found = np.asarray(value)
    if found.dtype != dtype:
        raise ValueError(f"{name} is {found.dtype}, must be {np.dtype(dtype)} {shape}")
    if found.ndim not in ranks:
        raise ValueError(f"{name} has shape {list(found.shape)}, must be {shape}")
    return np.ascontiguousarray(found)


def require_shape(name: str, value: np.ndarray, shape: tuple[int, ...]) -> None:
    """Raises `ValueError` unless `value` has that shape."""
    if value.shape != shape:
        raise ValueError(f"{name} has shape {list(value.shape)}, must be {list(shape)}")


def integers(name: str, value, dtype) -> np.ndarray:
    """Returns `value` as an array of integers `dtype`; raises `ValueError` that calls it `name` if they do not fit."""
    found = np.asarray(value)
    limits = np.iinfo(dtype)
    if found.dtype.kind not in "iu":
        raise ValueError(f"{name} is {found.dtype}, must be integers that fit {np.dtype(dtype)}")
    if found.size and (found.min() < limits.min or found.max() > limits.max):
        raise ValueError(f"{name} spans [{found.min()}, {found.max()}], must fit {np.dtype(dtype)}")
    return found.astype(dtype)


def integer(name: str, value, dtype) -> int:
    """Returns one integer; raises `ValueError` that calls it `name` if it is none, or does not fit `dtype`."""
    found = integers(name, value, dtype)
    if found.shape != ():
        raise ValueError(f"{name} has shape {list(found.shape)}, must be one integer")
    return int(found)


def numbers(name: str, value) -> np.ndarray:
    """Returns real numbers of any type and shape as float32, infinite where it cannot hold them; raises `ValueError`
    that calls them `name` if they are none."""
    found = np.asarray(value)
    if found.dtype.kind not in "fiu":
        raise ValueError(f"{name} is {value!r}, must be a number, or one per utterance")
    with np.errstate(over="ignore"):
        return found.astype(np.float32)


def rows(name: str, value, batch: int, dtype) -> np.ndarray:
    """Returns one number per utterance, `[batch]`, from one for all or one for each; `dtype`: an integer or float32."""
    found = numbers(name, value) if dtype == np.float32 else integers(name, value, dtype)
    if found.shape not in ((), (batch,)):
        raise ValueError(f"{name} has shape {list(found.shape)}, must be one number or [{batch}], one per utterance")
    return np.ascontiguousarray(np.broadcast_to(found, (batch,)))


def speakers(value, names: tuple[str, ...]):
    """Returns speakers by their places in a voice: where `value` is a name, or a list that holds some, each as int.

    Args:
      value: an int or a name, or one of these for each utterance; a name "" stands for the first speaker.
      names: of the voice's speakers.

    Returns:
      `value` with no name left in it, for `rows` to check.

    Raises:
      ValueError: for a name that the voice lacks.
    """
    if isinstance(value, np.ndarray) and value.dtype.kind == "U":
        value = value.tolist()
    if isinstance(value, str):
        return speaker_index(names, value)
    if isinstance(value, (list, tuple)):
        return [speaker_index(names, one) if isinstance(one, str) else one for one in value]
    return value


def speaker_rows(value, names: tuple[str, ...], batch: int) -> np.ndarray:
    """Returns the places of speakers in a voice, int32 `[batch]`, of what `speakers` takes; for references, which have
    no engine to check them.

    Raises:
      ValueError: for a name or a number that the voice lacks, or a wrong shape.
    """
    found, count = rows("speaker", speakers(value, names), batch, np.int32), max(1, len(names))
    for row in np.flatnonzero((found < 0) | (found >= count)):
        raise ValueError(f"speaker[{row}] is {found[row]}, must be in 0..{count - 1} (the voice has {count})")
    return found


def option(name: str, value, allowed: str) -> bytes:
    """Returns a word for the engine, which checks it; raises `ValueError` that lists the `allowed` ones if it is no
    str."""
    if not isinstance(value, str):
        raise ValueError(f"{name} is {value!r}, must be a str: {allowed}")
    return value.encode()

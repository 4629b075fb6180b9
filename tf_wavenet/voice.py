"""Voice files in memory, checked by the engine. `native` exports what is public here."""

import ctypes
import dataclasses
import os
import pathlib

import numpy as np

from tf_wavenet import capi

_ALIGNMENT = 64  # Bytes; what the engine asks of a voice and of measured memory.


@dataclasses.dataclass(frozen=True, kw_only=True)
class VoiceInfo:
    """What a voice file says of itself, as far as a caller must know it."""

    layers: int
    residual_channels: int
    skip_channels: int
    output_channels: int  # mu-law levels.
    dilation_cycle: int
    conditioning_channels: int
    conditioning_context: int  # Frames on each side that a frame's projection sees.
    lookahead_frames: int  # Frames after the current one that a sample depends on.
    hop_samples: int
    sample_rate_hz: int
    silence_level: int
    state_bytes: int  # Of one utterance.
    weight_bytes_per_sample: int  # Read by each step.
    trace_floats_per_sample: int
    checksum: int
    speakers: tuple[str, ...]  # Names, in the order of their numbers; () = one speaker without a name.
    temperature: float  # At which the voice speaks where its user names none.
    preemphasis: float  # p: audio is x(t) = e(t) + p x(t-1) of what the levels decode to (`tf_wavenet.audio.levels`).
    precision: str  # Of weights and activations: "f32", "int16" or "int8".


@dataclasses.dataclass(frozen=True, eq=False)
class Voice:
    """A checked voice file in memory: `data` uint8 `[bytes]`, 64-byte aligned and read only, and its `info`."""

    data: np.ndarray
    info: VoiceInfo


VoiceLike = Voice | str | os.PathLike | bytes | bytearray | memoryview | np.ndarray


def load_voice(source: VoiceLike) -> Voice:
    """Opens and checks a voice file.

    Args:
      source: path of a voice file (it is mapped, not read), its content as bytes or uint8 `[bytes]`, or a `Voice`.

    Returns:
      The voice.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if it is not a voice file that this version can read; the message names the field.
    """
    if isinstance(source, Voice):
        return source
    name = ""
    if isinstance(source, (str, os.PathLike)):
        path = pathlib.Path(source)
        if not path.is_file():
            raise FileNotFoundError(f"{path}: no such voice file")
        name = f"{path}: "
        # mmap knows no empty mapping; the engine's message for an empty file is the better one.
        source = np.memmap(path, np.uint8, mode="r") if path.stat().st_size else b""
    data = aligned(bytes_array("voice", source))
    struct = capi.VoiceInfoStruct()
    try:
        capi.call("tfwn_voice_info_of", data.ctypes.data, data.size, ctypes.byref(struct))
    except ValueError as error:
        raise ValueError(f"{name}{error}") from None
    return Voice(data, _info(struct))


def voice_info(voice: VoiceLike) -> VoiceInfo:
    """Returns sizes and rates of a voice (anything that `load_voice` takes, and with its errors)."""
    return load_voice(voice).info


def _info(struct: capi.VoiceInfoStruct) -> VoiceInfo:
    fields = {field: getattr(struct, field) for field, _ in struct._fields_}
    num_bytes = fields.pop("speakers_bytes")
    names = ctypes.string_at(fields["speakers"], num_bytes).decode() if num_bytes else ""
    del fields["num_speakers"]  # As many as there are names, or one.
    fields |= {name: shortest(fields[name]) for name in ("temperature", "preemphasis")}
    fields |= {"precision": struct.precision.decode(), "speakers": tuple(names.split(",")) if names else ()}
    return VoiceInfo(**fields)


def shortest(value: float) -> float:
    """Returns the number of the fewest digits that float32 rounds to `value`, a float32: 0.8, not 0.800000011920929."""
    return float(str(np.float32(value)))


def aligned_empty(size: int) -> np.ndarray:
    """Returns uint8 `[size]`, aligned for the engine, with any content."""
    memory = np.empty(size + _ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + size]


def aligned(data: np.ndarray) -> np.ndarray:
    """Returns `data` read only, copied if it is not aligned."""
    if data.ctypes.data % _ALIGNMENT or not data.flags.c_contiguous:
        copy = aligned_empty(data.size)
        copy[:] = data
        data = copy
    data = data.view(np.ndarray)
    data.flags.writeable = False
    return data


def bytes_array(name: str, data) -> np.ndarray:
    """Returns bytes as uint8 `[n]` without a copy; raises `ValueError` that calls them `name` if they are none."""
    if isinstance(data, np.ndarray):
        if data.dtype != np.uint8 or data.ndim != 1:
            raise ValueError(f"{name} is {data.dtype} {list(data.shape)}, must be uint8 [bytes]")
        return data
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise ValueError(f"{name} is a {type(data).__name__}, must be bytes or a uint8 array (a voice: also its path)")
    return np.frombuffer(data, np.uint8)

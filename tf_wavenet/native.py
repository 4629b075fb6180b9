"""The engine without TensorFlow: voices, the sampling loop and its intermediates, by ctypes over the C ABI."""

import ctypes
import dataclasses

import numpy as np

from tf_wavenet import capi, philox
from tf_wavenet.voice import Voice, VoiceInfo, VoiceLike, aligned, aligned_empty, bytes_array, load_voice, voice_info

__all__ = [
    "Generated",
    "Voice",
    "VoiceInfo",
    "available_isas",
    "best_isa",
    "checksum",
    "generate",
    "integers",
    "load_voice",
    "measure_stream",
    "number",
    "uniforms",
    "voice_info",
]


@dataclasses.dataclass(frozen=True, eq=False)
class Generated:
    """Result of `generate`. B = batch, N = frames * hop_samples, a = output channels."""

    samples: np.ndarray  # int32 [B, N]: mu-law levels, the silence level past an utterance's end.
    state: np.ndarray  # uint8 [B, state_bytes]: feed it to the next call.
    logits: np.ndarray | None = None  # float32 [B, N, a], before temperature; zero past the end.
    trace: np.ndarray | None = None  # float32 [B, N, trace_floats_per_sample]: x_0..x_{l-1}, q, z_s, z_a, logits.


def generate(
    voice: VoiceLike,
    conditioning: np.ndarray,
    *,
    num_frames=None,
    lookahead_frames=None,
    seed=0,
    temperature: float = 1.0,
    state: np.ndarray | None = None,
    forced: np.ndarray | None = None,
    return_logits: bool = False,
    return_trace: bool = False,
    num_threads: int = 0,
    isa: str = "",
) -> Generated:
    """Generates the samples of a batch of utterances.

    Args:
      voice: anything that `load_voice` takes.
      conditioning: float32 `[F, C]` or `[B, F, C]`: log-mel frames, one per `hop_samples`.
      num_frames: int or `[B]`, frames to speak; None = all that are not lookahead.
      lookahead_frames: int or `[B]`, frames after those that a later call will speak and that serve this one as
        context; 0 or None ends the utterance.
      seed: int or `[B]`, int64. Equal rows with equal seeds sound the same.
      temperature: divides the logits; positive.
      state: uint8 `[B, state_bytes]`, the state of the call before; None starts afresh.
      forced: int32 `[B, F * hop_samples]` levels that enter the history in place of the drawn ones.
      return_logits: fill `Generated.logits`.
      return_trace: fill `Generated.trace`.
      num_threads: at least 0: validated; the engine runs on one thread for now.
      isa: "" = the best there is, or one of `available_isas()`.

    Returns:
      `Generated`; its arrays have a batch dimension even if `conditioning` has none. With `num_frames` None and
      one int for `lookahead_frames`, they end before the lookahead, so that chunks only need to be joined.

    Raises:
      ValueError: if an argument is wrong.
      RuntimeError: if this machine cannot run `isa`, or the voice's numbers are not finite.
    """
    voice = load_voice(voice)
    info = voice.info
    conditioning = _array("conditioning", conditioning, np.float32, "[F, C] or [B, F, C]", (2, 3))
    if conditioning.ndim == 2:
        conditioning = conditioning[None]
    batch, frames, channels = conditioning.shape
    samples_shape = (batch, frames * info.hop_samples)
    lookahead = 0 if lookahead_frames is None else lookahead_frames
    trimmed = num_frames is None and np.ndim(lookahead) == 0
    lookahead_frames = _rows("lookahead_frames", lookahead, batch, np.int32)
    if num_frames is None:
        if (lookahead_frames > frames).any():
            raise ValueError(
                f"lookahead_frames reaches {lookahead_frames.max()}, must be at most the {frames} frames given"
            )
        num_frames = frames - np.maximum(lookahead_frames, 0)  # A negative one is for the engine to name.
    num_frames = _rows("num_frames", num_frames, batch, np.int32)
    seed = _rows("seed", seed, batch, np.int64)
    if state is not None:
        state = np.atleast_2d(_array("state", state, np.uint8, "[B, state_bytes]", (1, 2)))
        _require_shape("state", state, (batch, info.state_bytes))
    if forced is not None:
        forced = np.atleast_2d(_array("forced", forced, np.int32, "[B, F * hop_samples]", (1, 2)))
        _require_shape("forced", forced, samples_shape)
    result = Generated(
        samples=np.empty(samples_shape, np.int32),
        state=np.empty((batch, info.state_bytes), np.uint8),
        logits=np.empty((*samples_shape, info.output_channels), np.float32) if return_logits else None,
        trace=np.empty((*samples_shape, info.trace_floats_per_sample), np.float32) if return_trace else None,
    )
    request = capi.RequestStruct(
        voice=voice.data.ctypes.data,
        voice_size=voice.data.size,
        batch=batch,
        frames=frames,
        conditioning_channels=channels,
        conditioning=conditioning.ctypes.data,
        num_frames=num_frames.ctypes.data,
        lookahead_frames=lookahead_frames.ctypes.data,
        seed=seed.ctypes.data,
        temperature=number("temperature", temperature),
        state_in=None if state is None else state.ctypes.data,
        state_in_size=0 if state is None else info.state_bytes,
        num_threads=_integer("num_threads", num_threads, np.int32),
        isa=_isa(isa),
        forced=None if forced is None else forced.ctypes.data,
        samples=result.samples.ctypes.data,
        state_out=result.state.ctypes.data,
        logits=result.logits.ctypes.data if return_logits else None,
        trace=result.trace.ctypes.data if return_trace else None,
    )
    capi.call("tfwn_generate", ctypes.byref(request))
    if not trimmed:
        return result
    spoken = (frames - int(lookahead)) * info.hop_samples
    arrays = {name: getattr(result, name) for name in ("samples", "logits", "trace")}
    return dataclasses.replace(result, **{k: v if v is None else v[:, :spoken] for k, v in arrays.items()})


def uniforms(seed: int, first: int, count: int) -> np.ndarray:
    """Returns the uniforms that the sampler draws with: `philox.uniforms`, computed by the engine."""
    philox.check_uniforms_arguments(seed, first, count)
    out = np.empty(count, np.float32)
    capi.engine().tfwn_uniforms(seed, first, count, out.ctypes.data)
    return out


def checksum(data: bytes | np.ndarray) -> int:
    """Returns the checksum that a voice file ends with, of bytes whose number is a multiple of 64.

    Raises:
      ValueError: if it is not.
    """
    data = aligned(bytes_array("data", data))
    if data.size % 64:
        raise ValueError(f"data has {data.size} bytes, must be a multiple of 64")
    return capi.engine().tfwn_checksum(data.ctypes.data, data.size)


def best_isa() -> str:
    """Returns the ISA that `isa=""` stands for: `TF_WAVENET_ISA` if set, else the best built one that this CPU has.

    Raises:
      RuntimeError: if `TF_WAVENET_ISA` names one that it lacks.
      ValueError: if it names none that there is.
    """
    isa = ctypes.c_char_p()
    capi.call("tfwn_best_isa", ctypes.byref(isa))
    return isa.value.decode()


def available_isas() -> tuple[str, ...]:
    """Returns the ISAs that this CPU can run, worst first."""
    return tuple(capi.engine().tfwn_available_isas().decode().split(","))


def measure_stream(num_bytes: int, *, repeats: int = 11, isa: str = "") -> float:
    """Measures how fast one core reads memory as a step reads its weights: the floor that speeds are compared with.

    Args:
      num_bytes: how much is read in each pass, over and over; a multiple of 64.
      repeats: number of passes.
      isa: as in `generate`.

    Returns:
      Seconds per pass, the median of the passes.

    Raises:
      ValueError: if an argument is out of range.
      RuntimeError: if this machine cannot run `isa`.
    """
    if num_bytes <= 0 or num_bytes % 64:
        raise ValueError(f"num_bytes is {num_bytes}, must be a positive multiple of 64")
    repeats = _integer("repeats", repeats, np.int32)
    data = aligned_empty(num_bytes)
    data.fill(1)  # Pages that nothing was written to are all one page of zeros.
    seconds = ctypes.c_double()
    capi.call("tfwn_measure_stream", _isa(isa), data.ctypes.data, num_bytes, repeats, ctypes.byref(seconds))
    return seconds.value


def _array(name: str, value, dtype, shape: str, ranks: tuple[int, ...]) -> np.ndarray:
    """Returns `value` contiguous; converts nothing, since a wrong dtype is a mistake upstream."""
    array = np.asarray(value)
    if array.dtype != dtype:
        raise ValueError(f"{name} is {array.dtype}, must be {np.dtype(dtype)} {shape}")
    if array.ndim not in ranks:
        raise ValueError(f"{name} has shape {list(array.shape)}, must be {shape}")
    return np.ascontiguousarray(array)


def _require_shape(name: str, array: np.ndarray, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise ValueError(f"{name} has shape {list(array.shape)}, must be {list(shape)}")


def integers(name: str, value, dtype) -> np.ndarray:
    """Returns `value` as an array of integers `dtype`; raises `ValueError` that calls it `name` if they do not fit."""
    array = np.asarray(value)
    limits = np.iinfo(dtype)
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} is {array.dtype}, must be integers that fit {np.dtype(dtype)}")
    if array.size and (array.min() < limits.min or array.max() > limits.max):
        raise ValueError(f"{name} spans [{array.min()}, {array.max()}], must fit {np.dtype(dtype)}")
    return array.astype(dtype)


def number(name: str, value) -> float:
    """Returns a real number of any type as a float; raises `ValueError` that calls it `name` if it is none."""
    array = np.asarray(value)
    if array.shape != () or array.dtype.kind not in "fiu":
        raise ValueError(f"{name} is {value!r}, must be a number")
    return float(array)


def _integer(name: str, value, dtype) -> int:
    array = integers(name, value, dtype)
    if array.shape != ():
        raise ValueError(f"{name} has shape {list(array.shape)}, must be one integer")
    return int(array)


def _isa(isa) -> bytes:
    if not isinstance(isa, str):
        raise ValueError(f"isa is {isa!r}, must be a str: {', '.join(available_isas())} or empty for the best")
    return isa.encode()


def _rows(name: str, value, batch: int, dtype) -> np.ndarray:
    """Returns one integer per utterance, `[batch]`, from one for all or one for each."""
    array = integers(name, value, dtype)
    if array.shape not in ((), (batch,)):
        raise ValueError(f"{name} has shape {list(array.shape)}, must be one number or [{batch}], one per utterance")
    return np.ascontiguousarray(np.broadcast_to(array, (batch,)))

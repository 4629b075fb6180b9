"""The engine without TensorFlow: voices, the sampling loop and its intermediates, by ctypes over the C ABI."""

import ctypes

import numpy as np

from tf_wavenet import arguments, capi, philox
from tf_wavenet.arguments import integers, numbers
from tf_wavenet.engine import NONLINEARITIES, SCHEDULES, Engine, Generated, Plan, Scored
from tf_wavenet.voice import Voice, VoiceInfo, VoiceLike, aligned, aligned_empty, bytes_array, load_voice, voice_info

__all__ = [
    "NONLINEARITIES",
    "SCHEDULES",
    "Engine",
    "Generated",
    "Plan",
    "Scored",
    "Voice",
    "VoiceInfo",
    "available_isas",
    "best_isa",
    "checksum",
    "default_threads",
    "generate",
    "integers",
    "load_voice",
    "measure_handover",
    "measure_multiply_adds",
    "measure_stream",
    "numbers",
    "score",
    "uniforms",
    "voice_info",
]


def generate(
    voice: VoiceLike,
    conditioning: np.ndarray,
    *,
    num_frames=None,
    lookahead_frames=None,
    seed=0,
    temperature=None,
    speaker=0,
    state: np.ndarray | None = None,
    forced: np.ndarray | None = None,
    return_logits: bool = False,
    return_trace: bool = False,
    num_threads: int = 0,
    isa: str = "",
    nonlinearities: str = "",
) -> Generated:
    """Generates the samples of a batch of utterances, with an `Engine` opened for this call: keep one for many calls.

    Args:
      voice: anything that `load_voice` takes.
      conditioning: float32 `[F, C]` or `[B, F, C]`: log-mel frames, one per `hop_samples`.
      num_frames: int or `[B]`, frames to speak; None = all that are not lookahead.
      lookahead_frames: int or `[B]`, frames after those that a later call will speak and that serve this one as
        context; 0 or None ends the utterance.
      seed: int or `[B]`, int64. Equal rows with equal seeds sound the same.
      temperature: number or `[B]`, float32: divides the logits; positive. None = the voice's own, `info.temperature`.
      speaker: number or name of a speaker, or a list of one for each utterance; "" = the first. `info.speakers` lists
        the names. Chunks of an utterance keep to one: the state does not know it.
      state: uint8 `[B, state_bytes]`, the state of the call before; None starts afresh.
      forced: int32 `[B, F * hop_samples]` levels that enter the history in place of the drawn ones.
      return_logits: fill `Generated.logits`.
      return_trace: fill `Generated.trace`.
      num_threads: at most 256; 0 = one for each physical core that the process may use.
      isa: "" = the best there is, or one of `available_isas()`.
      nonlinearities: how tanh, sigmoid and exp are computed, one of `NONLINEARITIES`; "" = the voice's own:
        "rational" for f32, "fixed" for integer precisions.

    Returns:
      `Generated`; its arrays have a batch dimension even if `conditioning` has none. With `num_frames` None and
      one int for `lookahead_frames`, they end before the lookahead, so that chunks only need to be joined.

    Raises:
      ValueError: if an argument is wrong.
      RuntimeError: if this machine cannot run `isa`, or the voice's numbers are not finite.
    """
    with Engine(voice, num_threads=num_threads, isa=isa, nonlinearities=nonlinearities) as engine:
        return engine.generate(
            conditioning,
            num_frames=num_frames,
            lookahead_frames=lookahead_frames,
            seed=seed,
            temperature=temperature,
            speaker=speaker,
            state=state,
            forced=forced,
            return_logits=return_logits,
            return_trace=return_trace,
        )


def score(
    voice: VoiceLike,
    conditioning: np.ndarray,
    samples: np.ndarray,
    *,
    num_frames=None,
    lookahead_frames=None,
    seed=None,
    temperature=1.0,
    speaker=0,
    state: np.ndarray | None = None,
    return_all: bool = False,
    return_draws: bool = False,
    num_threads: int = 0,
    isa: str = "",
    nonlinearities: str = "",
) -> Scored:
    """Scores given samples: how probable each is to the voice, given those before it (teacher forcing).

        log_probs[b, t] = log softmax(logits(t) / temperature)[samples[b, t]]

    The engine computes it in float64 and rounds once. The state afterwards is that of a voice that has spoken
    `samples`, so that a prompt can be scored and then gone on from.

    Args:
      voice, conditioning, num_frames, lookahead_frames, speaker, state, num_threads, isa, nonlinearities: as in
        `generate`.
      samples: int32 `[F * hop_samples]` or `[B, F * hop_samples]`, mu-law levels. Those past the frames to speak, the
        lookahead's too, are not read.
      seed: int or `[B]`, int64: of the draws that `return_draws` asks for; None = 0.
      temperature: number or `[B]`, float32: divides the logits; positive. None = the voice's own.
      return_all: fill `Scored.all_log_probs`.
      return_draws: fill `Scored.draws`: the level that would have been drawn in place of each sample, with the uniforms
        that `generate` uses.

    Returns:
      `Scored`; its arrays have a batch dimension, and end before the lookahead where `generate`'s do.

    Raises:
      ValueError: if an argument is wrong; the engine calls `samples` forced samples.
      RuntimeError: if this machine cannot run `isa`, or the voice's numbers are not finite.
    """
    with Engine(voice, num_threads=num_threads, isa=isa, nonlinearities=nonlinearities) as engine:
        return engine.score(
            conditioning,
            samples,
            num_frames=num_frames,
            lookahead_frames=lookahead_frames,
            seed=seed,
            temperature=temperature,
            speaker=speaker,
            state=state,
            return_all=return_all,
            return_draws=return_draws,
        )


def uniforms(seed: int, first: int, count: int) -> np.ndarray:
    """Returns the uniforms that the sampler draws with: `philox.uniforms`, computed by the engine."""
    philox.check_uniforms_arguments(seed, first, count)
    out = np.empty(count, np.float32)
    capi.library().tfwn_uniforms(seed, first, count, out.ctypes.data)
    return out


def checksum(data: bytes | np.ndarray) -> int:
    """Returns the checksum that a voice file ends with, of bytes whose number is a multiple of 64.

    Raises:
      ValueError: if it is not.
    """
    data = aligned(bytes_array("data", data))
    if data.size % 64:
        raise ValueError(f"data has {data.size} bytes, must be a multiple of 64")
    return capi.library().tfwn_checksum(data.ctypes.data, data.size)


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
    return capi.available_isas()


def default_threads() -> int:
    """Returns how many threads `num_threads=0` stands for: one for each physical core that the process may use."""
    return capi.library().tfwn_default_threads()


def measure_stream(num_bytes: int, *, threads: int = 1, repeats: int = 11, isa: str = "") -> float:
    """Measures how fast cores read memory, by the faster of two loops: the floor that speeds are compared with.

    Args:
      num_bytes: how much is read in each pass, over and over; a multiple of 64.
      threads: how many cores read, each its part of it.
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
    data = aligned_empty(num_bytes)
    data.fill(1)  # Pages that nothing was written to are all one page of zeros.
    seconds = ctypes.c_double()
    capi.call(
        "tfwn_measure_stream",
        capi.isa_word(isa),
        data.ctypes.data,
        num_bytes,
        arguments.integer("threads", threads, np.int32),
        arguments.integer("repeats", repeats, np.int32),
        ctypes.byref(seconds),
    )
    return seconds.value


def measure_multiply_adds(precision: str, *, threads: int = 1, repeats: int = 11, isa: str = "") -> float:
    """Measures the other limit of a step: how fast cores multiply and add with weights in their innermost caches.

    Args:
      precision: "f32", "int16" or "int8": what is multiplied, with the best instruction that `isa` has for it.
      threads: how many cores do it at once.
      repeats: number of runs, of about a millisecond.
      isa: as in `generate`.

    Returns:
      Multiply-adds per second of all together, the median of the runs.

    Raises:
      ValueError: if an argument is out of range.
      RuntimeError: if this machine cannot run `isa`.
    """
    per_second = ctypes.c_double()
    capi.call(
        "tfwn_measure_multiply_adds",
        capi.isa_word(isa),
        str(precision).encode(),
        arguments.integer("threads", threads, np.int32),
        arguments.integer("repeats", repeats, np.int32),
        ctypes.byref(per_second),
    )
    return per_second.value


def measure_handover(*, repeats: int = 11) -> float:
    """Measures how long one core waits for a word from another: from a write to the other's seeing it.

    Args:
      repeats: number of runs of a thousand words there and back, between the first two CPUs that the process may use.

    Returns:
      Seconds, the median of the runs.

    Raises:
      RuntimeError: if the process may use only one CPU.
    """
    seconds = ctypes.c_double()
    capi.call("tfwn_measure_handover", arguments.integer("repeats", repeats, np.int32), ctypes.byref(seconds))
    return seconds.value

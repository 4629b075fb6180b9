"""Teacher-forced likelihood: how surprised a voice is by real speech, and how far it is from a reference voice.

What both hear is the recording, so differences are those of the voices, not of chance. Temperature 1.
"""

import dataclasses
import math
from collections.abc import Iterator, Sequence

import numpy as np

from tf_wavenet import native

CHUNK_FRAMES = 40  # Log-probabilities of all levels are the largest arrays: 1 KiB for each sample and voice.


@dataclasses.dataclass(frozen=True, kw_only=True)
class Likelihood:
    """Teacher-forced measures of a voice on a recording. What needs a reference is NaN where there is none."""

    bits_per_sample: float  # mean over t of -log2 P(sample t | samples before it).
    kl_mean_nats: float = math.nan  # KL(reference || voice) of a step's distributions, mean over steps;
    kl_max_nats: float = math.nan  # and its maximum.
    equal_draws: float = math.nan  # Share of steps, in [0, 1], where both draw one level with one uniform.


def compare(
    voices: Sequence[native.Voice],
    levels: np.ndarray,
    mel: np.ndarray,
    *,
    reference: native.Voice | None = None,
    seed: int = 0,
    speaker: int | str = 0,
    nonlinearities: Sequence[str] | None = None,
    num_threads: int = 0,
    isa: str = "",
) -> list[Likelihood]:
    """Measures voices on one recording, all in step, so that memory does not grow with its length.

    Args:
      voices: loaded voices.
      levels: int `[T]`, the recording's mu-law levels.
      mel: float32 `[ceil(T / hop), C]`, its features.
      reference: one of `voices` by identity, which the others are held against; None = no comparison.
      seed: int64, of the uniforms that draws are compared with.
      speaker: whose recording it is, by number or name.
      nonlinearities: of each voice, as in `native.score`; None = its own.
      num_threads, isa: as in `native.score`.

    Returns:
      The measures of each voice. The reference's divergence from itself is 0.

    Raises:
      ValueError: if `levels` and `mel` do not fit each other or a voice, or `reference` is none of the voices.
    """
    if reference is not None and not any(voice is reference for voice in voices):
        raise ValueError("reference is none of the voices")
    levels = np.asarray(levels, np.int32)
    options = {
        "seed": seed,
        "speaker": speaker,
        "compared": reference is not None,
        "num_threads": num_threads,
        "isa": isa,
    }
    words = [""] * len(voices) if nonlinearities is None else nonlinearities
    streams = [
        _scores(voice, levels, mel, nonlinearities=word, **options) for voice, word in zip(voices, words, strict=True)
    ]
    sums = [_Sums() for _ in voices]
    for chunks in zip(*streams, strict=True):
        expected = next((chunk for voice, chunk in zip(voices, chunks) if voice is reference), None)
        for total, chunk in zip(sums, chunks):
            total.add(chunk, expected)
    return [total.likelihood() for total in sums]


def bits_per_sample(
    voice: native.Voice,
    levels: np.ndarray,
    mel: np.ndarray,
    *,
    speaker: int | str = 0,
    num_threads: int = 0,
    isa: str = "",
) -> float:
    """Mean cross entropy of real samples given those before them: `compare`'s `bits_per_sample` of one voice, and its
    arguments and errors. It is log2 of the number of levels for a voice that knows nothing."""
    (measured,) = compare([voice], levels, mel, speaker=speaker, num_threads=num_threads, isa=isa)
    return measured.bits_per_sample


def kl_nats(log_p: np.ndarray, log_q: np.ndarray) -> np.ndarray:
    """Kullback-Leibler divergence KL(P || Q) of each row, `[T, a]` twice -> float64 `[T]`.

        KL = sum over k of  q[k] - p[k] + p[k] (log p[k] - log q[k])

    The first two sum to nothing, since both are distributions, but with them no term is negative, and an error of
    log q counts in its second order alone: small divergences are not drowned by the rounding to float32.
    """
    log_p, log_q = log_p.astype(np.float64), log_q.astype(np.float64)
    p, q = np.exp(log_p), np.exp(log_q)
    return np.maximum(q - p + p * (log_p - log_q), 0.0).sum(axis=-1)


class _Sums:
    """Sums over the steps of a recording, of one voice."""

    def __init__(self):
        self.steps = self.compared_steps = self.equal = 0
        self.nats = self.kl_sum = self.kl_max = 0.0

    def add(self, scored: native.Scored, expected: native.Scored | None) -> None:
        self.steps += scored.log_probs.size
        self.nats -= float(scored.log_probs.sum(dtype=np.float64))
        if expected is None:
            return
        kl = kl_nats(expected.all_log_probs, scored.all_log_probs)
        self.compared_steps += kl.size
        self.kl_sum += float(kl.sum())
        self.kl_max = max(self.kl_max, float(kl.max()))
        self.equal += int(np.count_nonzero(scored.draws == expected.draws))

    def likelihood(self) -> Likelihood:
        bits = self.nats / self.steps / math.log(2.0)
        if not self.compared_steps:
            return Likelihood(bits_per_sample=bits)
        return Likelihood(
            bits_per_sample=bits,
            kl_mean_nats=self.kl_sum / self.compared_steps,
            kl_max_nats=self.kl_max,
            equal_draws=self.equal / self.compared_steps,
        )


def _scores(
    voice, levels, mel, *, seed, speaker, compared, nonlinearities, num_threads, isa
) -> Iterator[native.Scored]:
    """Yields the scores of a recording chunk by chunk, arrays `[t]` and `[t, a]`; all levels and draws where voices are
    compared."""
    info = voice.info
    hop, frames = info.hop_samples, -(-levels.size // info.hop_samples)
    if levels.ndim != 1 or not levels.size or len(mel) != frames:
        raise ValueError(f"levels has shape {list(levels.shape)} and mel {len(mel)} frames, must be [T] and {frames}")
    padded = np.full(frames * hop, info.silence_level, np.int32)
    padded[: levels.size] = levels
    state, engine = None, native.Engine(voice, num_threads=num_threads, isa=isa, nonlinearities=nonlinearities)
    for first in range(0, frames, CHUNK_FRAMES):
        end = min(first + CHUNK_FRAMES, frames)
        context_end = min(end + info.lookahead_frames, frames)
        scored = engine.score(
            mel[first:context_end],
            padded[first * hop : context_end * hop],
            lookahead_frames=context_end - end,
            seed=seed,
            speaker=speaker,
            state=state,
            return_all=compared,
            return_draws=compared,
        )
        state = scored.state
        count = min(end * hop, levels.size) - first * hop
        yield native.Scored(
            log_probs=scored.log_probs[0, :count],
            state=state,
            all_log_probs=scored.all_log_probs[0, :count] if compared else None,
            draws=scored.draws[0, :count] if compared else None,
        )

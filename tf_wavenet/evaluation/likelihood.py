"""Teacher-forced likelihood: how surprised a voice is by real speech. Compares precisions and voices without chance."""

import math

import numpy as np

from tf_wavenet import native

CHUNK_FRAMES = 80  # Logits are the largest array: 1 KiB for each sample.


def bits_per_sample(
    voice: native.Voice, levels: np.ndarray, mel: np.ndarray, *, num_threads: int = 0, isa: str = ""
) -> float:
    """Mean cross entropy of real samples given those before them, at temperature 1.

        bits = mean_t -log2 softmax(logits(t))[levels(t)]

    Args:
      voice: a loaded voice.
      levels: int `[T]`, the recording's mu-law levels.
      mel: float32 `[ceil(T / hop), C]`, its features.
      num_threads, isa: as in `native.generate`.

    Returns:
      Bits per sample: log2 of the number of levels for a voice that knows nothing.

    Raises:
      ValueError: if `levels` and `mel` do not fit each other or the voice.
    """
    info = voice.info
    levels = np.asarray(levels, np.int32)
    frames = -(-levels.size // info.hop_samples)
    if levels.ndim != 1 or not levels.size or len(mel) != frames:
        raise ValueError(f"levels has shape {list(levels.shape)} and mel {len(mel)} frames, must be [T] and {frames}")
    forced = np.full((frames + info.lookahead_frames) * info.hop_samples, info.silence_level, np.int32)
    forced[: levels.size] = levels
    nats, state = 0.0, None
    for first in range(0, frames, CHUNK_FRAMES):
        end = min(first + CHUNK_FRAMES, frames)
        context_end = min(end + info.lookahead_frames, frames)
        result = native.generate(
            voice,
            mel[first:context_end],
            lookahead_frames=context_end - end,
            forced=forced[first * info.hop_samples : context_end * info.hop_samples],
            state=state,
            return_logits=True,
            num_threads=num_threads,
            isa=isa,
        )
        state = result.state
        targets = levels[first * info.hop_samples : end * info.hop_samples]
        nats += _cross_entropy_nats(result.logits[0, : targets.size], targets)
    return nats / levels.size / math.log(2.0)


def _cross_entropy_nats(logits: np.ndarray, targets: np.ndarray) -> float:
    """Sum over t of logsumexp(logits[t]) - logits[t, targets[t]], in float64."""
    logits = logits.astype(np.float64)
    peak = logits.max(axis=1)
    log_sum = peak + np.log(np.exp(logits - peak[:, None]).sum(axis=1))
    return float((log_sum - logits[np.arange(targets.size), targets]).sum())

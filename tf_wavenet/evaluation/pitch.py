"""How far a synthesis's melody is from its original's: F0 and the decision between voiced and unvoiced."""

import math

import numpy as np

from tf_wavenet.evaluation import world
from tf_wavenet.evaluation.metric import require_aligned


def f0_error_cents(original: np.ndarray, synthesis: np.ndarray, sample_rate_hz: int) -> float:
    """Root mean square error of F0, in cents (1,200 an octave), over the 5 ms frames that are voiced in both.

        e = 1200 log2(f0 / f0')

    Args:
      original: float `[num_samples]`.
      synthesis: float `[num_samples]`, aligned with it.
      sample_rate_hz: of both.

    Returns:
      The error, or NaN where no frame is voiced in both.

    Raises:
      ImportError: if pyworld is missing.
      ValueError: if the shapes differ.
    """
    theirs, ours = _f0(original, synthesis, sample_rate_hz)
    both = (theirs > 0) & (ours > 0)
    if not both.any():
        return math.nan
    return float(1200.0 * np.sqrt((np.log2(ours[both] / theirs[both]) ** 2).mean()))


def voicing_error(original: np.ndarray, synthesis: np.ndarray, sample_rate_hz: int) -> float:
    """Percentage of 5 ms frames that are voiced in one and unvoiced in the other; arguments and errors as
    `f0_error_cents`."""
    theirs, ours = _f0(original, synthesis, sample_rate_hz)
    return float(100.0 * np.mean((theirs > 0) != (ours > 0)))


def _f0(original: np.ndarray, synthesis: np.ndarray, sample_rate_hz: int) -> list[np.ndarray]:
    require_aligned(original, synthesis)
    return [world.analyze(signal, sample_rate_hz).f0_hz for signal in (original, synthesis)]

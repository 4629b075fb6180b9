"""Intelligibility and quality of a synthesis as listeners would judge them, by pystoi and pesq."""

import math
import warnings

import numpy as np

from tf_wavenet.evaluation.metric import require_aligned

PESQ_RATE_HZ = 16000


def stoi(original: np.ndarray, synthesis: np.ndarray, sample_rate_hz: int) -> float:
    """Short-time objective intelligibility, in [0, 1]; 1 is the original.

    Args:
      original: float `[num_samples]`.
      synthesis: float `[num_samples]`, aligned with it.
      sample_rate_hz: of both.

    Returns:
      STOI, or NaN where there is too little speech for it (about 0.4 s without silence).

    Raises:
      ImportError: if pystoi is missing.
      ValueError: if the shapes differ.

    Reference: Taal et al., An algorithm for intelligibility prediction of time-frequency weighted noisy speech, IEEE
    TASLP 19(7), 2011.
    """
    require_aligned(original, synthesis)
    import pystoi

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = float(pystoi.stoi(original, synthesis, sample_rate_hz, extended=False))
    # Its way of saying so: a warning, and 1e-5 in place of a value.
    if any("Not enough STFT frames" in str(warning.message) for warning in caught):
        return math.nan
    return value


def pesq(original: np.ndarray, synthesis: np.ndarray, sample_rate_hz: int) -> float:
    """Perceptual evaluation of speech quality, wide band: a mean opinion score from about 1 to 4.64, the original's.

    Args:
      original: float `[num_samples]`.
      synthesis: float `[num_samples]`, aligned with it.
      sample_rate_hz: of both; resampled to 16 kHz, which PESQ is defined at, where it is another.

    Returns:
      PESQ, or NaN where it finds no utterance: if either is silent, and in less than a quarter of a second.

    Raises:
      ImportError: if pesq is missing.
      ValueError: if the shapes differ.

    Reference: ITU-T Recommendation P.862.2, 2007.
    """
    require_aligned(original, synthesis)
    import pesq as itu

    if sample_rate_hz != PESQ_RATE_HZ:
        import soxr

        original, synthesis = (soxr.resample(audio, sample_rate_hz, PESQ_RATE_HZ) for audio in (original, synthesis))
    if not synthesis.any():
        return math.nan  # The package finds no utterance in a silent original, but stumbles over a silent synthesis.
    try:
        return float(itu.pesq(PESQ_RATE_HZ, original, synthesis, "wb"))
    except (itu.NoUtterancesError, itu.BufferTooShortError):
        return math.nan

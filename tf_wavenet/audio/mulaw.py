"""mu-law companding by its continuous formula (not G.711's segments).

    f(x) = sign(x) ln(1 + mu |x|) / ln(1 + mu),   level = round((f(x) + 1) / 2 * mu),   mu = levels - 1

Reference: van den Oord et al., WaveNet, arXiv:1609.03499, section 2.2; ITU-T G.711 for the origin.
"""

import numpy as np


def encode(audio: np.ndarray, levels: int = 256) -> np.ndarray:
    """Quantizes audio to mu-law levels.

    Args:
      audio: float, any shape, nominally in [-1, 1]; values outside are clipped.
      levels: number of levels, at least 2.

    Returns:
      int32 levels in [0, levels), shape of `audio`; 0.0 becomes `levels // 2`.

    Raises:
      ValueError: if `levels` is below 2 or `audio` holds NaN.
    """
    mu = _mu(levels)
    audio = np.asarray(audio, np.float64)
    if np.isnan(audio).any():
        raise ValueError(f"audio holds {np.count_nonzero(np.isnan(audio))} NaN, must be finite")
    clipped = np.clip(audio, -1.0, 1.0)
    companded = np.sign(clipped) * np.log1p(mu * np.abs(clipped)) / np.log1p(mu)
    return np.floor((companded + 1.0) / 2.0 * mu + 0.5).astype(np.int32)


def decode(samples: np.ndarray, levels: int = 256) -> np.ndarray:
    """Inverse of `encode` up to its quantization.

    Args:
      samples: int levels in [0, levels), any shape.
      levels: number of levels, at least 2.

    Returns:
      float32 audio in [-1, 1], shape of `samples`.

    Raises:
      ValueError: if `levels` is below 2 or a level is out of range.
    """
    mu = _mu(levels)
    samples = np.asarray(samples)
    if samples.size and (samples.min() < 0 or samples.max() >= levels):
        raise ValueError(f"levels span [{samples.min()}, {samples.max()}], must lie in [0, {levels - 1}]")
    companded = 2.0 * samples.astype(np.float64) / mu - 1.0
    return (np.sign(companded) * np.expm1(np.abs(companded) * np.log1p(mu)) / mu).astype(np.float32)


def _mu(levels: int) -> float:
    if levels < 2:
        raise ValueError(f"levels is {levels}, must be at least 2")
    return float(levels - 1)

"""Loudness of recordings, by pyloudnorm (ITU-R BS.1770-4)."""

import numpy as np

from tf_wavenet.config import AudioConfig

MIN_SECONDS = 0.4  # The length of the meter's blocks: what is shorter has no loudness.
MAX_PEAK = 0.99


def gain(audio: np.ndarray, config: AudioConfig) -> float:
    """Returns the factor that brings a recording to the voice's loudness without clipping it.

    Args:
      audio: float `[T]`.
      config: `loudness_lufs` is the aim; 0 = leave recordings as they are.

    Returns:
      A positive factor; 1.0 for silence and for what is too short to have a loudness.
    """
    if not config.loudness_lufs or audio.size < MIN_SECONDS * config.sample_rate_hz:
        return 1.0
    import pyloudnorm  # Slow to import.

    loudness_lufs = pyloudnorm.Meter(config.sample_rate_hz).integrated_loudness(np.asarray(audio, np.float64))
    if not np.isfinite(loudness_lufs):
        return 1.0
    return float(min(10.0 ** ((config.loudness_lufs - loudness_lufs) / 20.0), MAX_PEAK / np.abs(audio).max()))

"""Waveforms as the browser gets them."""

import numpy as np


def pcm16(waveform: np.ndarray) -> bytes:
    """Returns 16-bit little-endian samples of float `[T]`; values outside [-1, 1] are clipped."""
    return np.rint(np.clip(waveform, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()

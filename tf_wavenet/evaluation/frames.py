"""Which frames of a recording are speech: in pauses, spectra are those of noise that nobody hears."""

import numpy as np

SPEECH_RANGE_DB = 40.0  # As STOI has it.
SILENCE = 1e-9  # Sum of a frame's power spectrum: far below one step of 16-bit audio.


def speech_frames(power: np.ndarray) -> np.ndarray:
    """Returns which frames lie within 40 dB of the loudest: power `[N, K]` of the original -> bool `[N]`, all False in
    silence."""
    levels = power.sum(axis=1)
    loudest = levels.max(initial=0.0)
    return (levels > loudest * 10.0 ** (-SPEECH_RANGE_DB / 10.0)) & (levels > SILENCE)

"""Analysis of speech by WORLD (pyworld): pitch and spectral envelope.

Reference: Morise, Yokomori and Ozawa, WORLD: a vocoder-based high-quality speech synthesis system for real-time
applications, IEICE Trans. Inf. & Syst. E99-D(7), 2016.
"""

import dataclasses
import functools

import numpy as np

FRAME_MS = 5.0


@dataclasses.dataclass(frozen=True, eq=False)
class Analysis:
    """What WORLD finds in a signal, each 5 ms; N frames."""

    times_s: np.ndarray  # float64 [N].
    f0_hz: np.ndarray  # float64 [N]; 0 where there is no voice.
    envelope: np.ndarray  # float64 [N, K]: power spectrum without harmonics, of 0 Hz to half the rate.


def analyze(waveform: np.ndarray, sample_rate_hz: int) -> Analysis:
    """Finds pitch (DIO, refined by StoneMask) and envelope (CheapTrick) of a signal, float `[T]`.

    Raises:
      ImportError: if pyworld is missing.
    """
    # Several measures ask for the same signals, the original's for each synthesis anew.
    return _analyze(np.ascontiguousarray(waveform, np.float64).tobytes(), sample_rate_hz)


@functools.lru_cache(maxsize=4)
def _analyze(content: bytes, sample_rate_hz: int) -> Analysis:
    import pyworld

    waveform = np.frombuffer(content, np.float64)
    rough, times_s = pyworld.dio(waveform, sample_rate_hz, frame_period=FRAME_MS)
    f0_hz = pyworld.stonemask(waveform, rough, times_s, sample_rate_hz)
    return Analysis(times_s, f0_hz, pyworld.cheaptrick(waveform, f0_hz, times_s, sample_rate_hz))

"""How far a synthesis's spectra are from its original's, frame by frame; the two are aligned in time."""

import math

import numpy as np

from tf_wavenet.evaluation import world
from tf_wavenet.evaluation.frames import speech_frames
from tf_wavenet.evaluation.metric import require_aligned

CEPSTRAL_ORDER = 24
WINDOW_SECONDS, HOP_SECONDS = 0.032, 0.008
FLOOR_DB = -80.0  # Below the original's loudest bin: what lies under it is taken to lie on it.


def mel_cepstral_distortion(original: np.ndarray, synthesis: np.ndarray, sample_rate_hz: int) -> float:
    """Mel-cepstral distortion in dB, mean over the original's speech frames (5 ms; within 40 dB of the loudest).

        MCD = 10 sqrt(2) / ln 10 * ||c - c'||     over mel-cepstral coefficients 1 to 24

    The cepstra are those of WORLD's spectral envelope on a mel axis, in the convention ln|H(w)| = sum over m of
    c_m cos(m w): MCD is then the root mean square, over the mel axis, of the envelopes' difference in dB, level aside.

    Args:
      original: float `[num_samples]`.
      synthesis: float `[num_samples]`, aligned with it.
      sample_rate_hz: of both.

    Returns:
      MCD, or NaN where the original is silent.

    Raises:
      ImportError: if pyworld is missing.
      ValueError: if the shapes differ.

    Reference: Kubichek, Mel-cepstral distance measure for objective speech quality assessment, IEEE PACRIM, 1993.
    """
    require_aligned(original, synthesis)
    theirs, ours = (world.analyze(signal, sample_rate_hz).envelope for signal in (original, synthesis))
    speech = speech_frames(theirs)
    if not speech.any():
        return math.nan
    return float(envelope_distortion(theirs[speech], ours[speech], sample_rate_hz).mean())


def envelope_distortion(envelope: np.ndarray, other: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Returns the MCD of each frame in dB: power spectra `[N, K]` twice -> float64 `[N]`."""
    import pyworld

    coded, other_coded = (
        pyworld.code_spectral_envelope(np.ascontiguousarray(values, np.float64), sample_rate_hz, CEPSTRAL_ORDER + 1)
        for values in (envelope, other)
    )
    # WORLD's coefficients are those of a power spectrum on an orthonormal basis: sqrt(2) c_m.
    difference = (coded - other_coded)[:, 1:] / math.sqrt(2.0)
    return 10.0 * math.sqrt(2.0) / math.log(10.0) * np.linalg.norm(difference, axis=1)


def log_spectral_distance(original: np.ndarray, synthesis: np.ndarray, sample_rate_hz: int) -> float:
    """Log-spectral distance in dB, mean over the original's speech frames (8 ms; within 40 dB of the loudest).

        LSD = sqrt(mean over bins of (20 log10 |X| - 20 log10 |Y|)^2),   Hann window of 32 ms

    Magnitudes are taken to be at least 80 dB below the original's loudest bin.

    Args, Returns, Raises: as `mel_cepstral_distortion`, without pyworld.

    Reference: Gray and Markel, Distance measures for speech processing, IEEE TASSP 24(5), 1976.
    """
    require_aligned(original, synthesis)
    theirs, ours = (_magnitudes(signal, sample_rate_hz) for signal in (original, synthesis))
    speech = speech_frames(theirs**2)
    if not speech.any():
        return math.nan
    floor = theirs.max() * 10.0 ** (FLOOR_DB / 20.0)
    theirs_db, ours_db = (20.0 * np.log10(np.maximum(values[speech], floor)) for values in (theirs, ours))
    return float(np.sqrt(((theirs_db - ours_db) ** 2).mean(axis=1)).mean())


def _magnitudes(waveform: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Returns magnitudes of the short-time spectrum, float64 `[N, K]`."""
    import librosa

    window = 2 * round(WINDOW_SECONDS * sample_rate_hz / 2)
    padded = np.pad(np.asarray(waveform, np.float64), (0, max(0, window - waveform.size)))
    hop = max(1, round(HOP_SECONDS * sample_rate_hz))
    return np.abs(librosa.stft(padded, n_fft=window, hop_length=hop, pad_mode="constant")).T

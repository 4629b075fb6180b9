"""Vocoders without a network, and the codec that is a network's ceiling: each makes speech of a recording again."""

import numpy as np

from tf_wavenet import audio
from tf_wavenet.config import AudioConfig, VoiceConfig
from tf_wavenet.evaluation import world

GRIFFIN_LIM_ITERATIONS = 60
GRIFFIN_LIM_MOMENTUM = 0.99


def codec(waveform: np.ndarray, config: VoiceConfig) -> np.ndarray:
    """The recording through the voice's mu-law levels and pre-emphasis: what a voice that errs nowhere would say.

    Args:
      waveform: float `[T]`, at the voice's loudness.
      config: the voice's config.

    Returns:
      float32 `[T]`.
    """
    return audio.to_audio(audio.to_levels(waveform, config), config)


def griffin_lim(mel: np.ndarray, config: AudioConfig, seed: int = 0) -> np.ndarray:
    """Finds a signal with the given mel spectrum: magnitudes by non-negative least squares, phases by iteration.

    Args:
      mel: float32 `[F, C]`, of `audio.log_mel`.
      config: what it was computed with.
      seed: of the phases to begin with.

    Returns:
      float32 `[F * hop]`.

    Reference: Griffin and Lim, IEEE TASSP 32(2), 1984; Perraudin et al., A fast Griffin-Lim algorithm, WASPAA 2013.
    """
    import librosa  # Slow to import.

    hop, samples = config.hop_samples, len(mel) * config.hop_samples
    # One frame more, centred at the end, so that whole hops come back; the window's far half lies past it.
    power = np.exp(np.asarray(mel, np.float64)).T
    power = np.pad(power, ((0, 0), (0, 1)), mode="edge")
    magnitude = librosa.feature.inverse.mel_to_stft(
        power,
        sr=config.sample_rate_hz,
        n_fft=config.fft_size,
        power=1.0,
        fmin=config.mel_min_hz,
        fmax=config.mel_max_hz,
    )
    spoken = librosa.griffinlim(
        magnitude,
        n_iter=GRIFFIN_LIM_ITERATIONS,
        hop_length=hop,
        win_length=config.window_samples,
        n_fft=config.fft_size,
        momentum=GRIFFIN_LIM_MOMENTUM,
        random_state=seed % (1 << 32),
        pad_mode="constant",
    )
    return np.pad(spoken, (0, max(0, samples - spoken.size)))[:samples].astype(np.float32)


def world_vocoder(waveform: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Analyses and synthesizes by WORLD: pitch, envelope and aperiodicity of the recording itself, each 5 ms.

    Args:
      waveform: float `[T]`.
      sample_rate_hz: of it.

    Returns:
      float32 of about `[T]`.

    Raises:
      ImportError: if pyworld is missing.
    """
    import pyworld

    waveform = np.ascontiguousarray(waveform, np.float64)
    found = world.analyze(waveform, sample_rate_hz)
    aperiodicity = pyworld.d4c(waveform, found.f0_hz, found.times_s, sample_rate_hz)
    spoken = pyworld.synthesize(found.f0_hz, found.envelope, aperiodicity, sample_rate_hz, frame_period=world.FRAME_MS)
    return spoken.astype(np.float32)

"""Log-mel features, computed by librosa."""

import numpy as np

from tf_wavenet.config import AudioConfig


def num_frames(num_samples: int, hop_samples: int) -> int:
    """Frames that cover `num_samples`: `ceil(num_samples / hop_samples)`."""
    return -(-num_samples // hop_samples)


def log_mel(audio: np.ndarray, config: AudioConfig) -> np.ndarray:
    """Computes natural-log mel magnitudes.

        log_mel[f] = ln(max(M |STFT(audio)[f]|, log_floor)),   frame f centred at sample f * hop_samples

    M is Slaney's filterbank with unit area, the window is Hann, the signal is padded with zeros.

    Args:
      audio: float `[num_samples]` in [-1, 1] at `config.sample_rate_hz`, not empty.
      config: analysis parameters.

    Returns:
      float32 `[ceil(num_samples / hop_samples), mel_bands]`.

    Raises:
      ValueError: if `audio` is empty, not one-dimensional or not finite.
    """
    import librosa  # Slow to import, and of no use to those who bring their own mels.

    audio = np.asarray(audio, np.float32)
    if audio.ndim != 1 or audio.size == 0:
        raise ValueError(f"audio has shape {list(audio.shape)}, must be [num_samples] with at least one sample")
    if not np.isfinite(audio).all():
        raise ValueError(f"audio holds {np.count_nonzero(~np.isfinite(audio))} values that are not finite")
    frames = num_frames(audio.size, config.hop_samples)
    # Whole hops, so that the last frame exists however long the audio is, and enough for one analysis window.
    padded = np.pad(audio, (0, max(frames * config.hop_samples, config.fft_size) - audio.size))
    magnitude = librosa.feature.melspectrogram(
        y=padded,
        sr=config.sample_rate_hz,
        n_fft=config.fft_size,
        hop_length=config.hop_samples,
        win_length=config.window_samples,
        window="hann",
        center=True,
        pad_mode="constant",
        power=1.0,
        n_mels=config.mel_bands,
        fmin=config.mel_min_hz,
        fmax=config.mel_max_hz,
    )
    return np.log(np.maximum(magnitude.T[:frames], config.log_floor)).astype(np.float32)

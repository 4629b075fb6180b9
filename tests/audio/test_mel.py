import numpy as np
import pytest

from tf_wavenet import audio
from tf_wavenet.config import AudioConfig

CONFIG = AudioConfig()


@pytest.mark.parametrize("samples, frames", [(1, 1), (200, 1), (201, 2), (16000, 80)])
def test_frames_cover_the_audio(samples, frames):
    features = audio.log_mel(np.zeros(samples, np.float32), CONFIG)
    assert features.shape == (frames, 80) and features.dtype == np.float32
    np.testing.assert_allclose(features, np.log(CONFIG.log_floor))


def test_frame_is_centred_on_its_hop():
    click = np.zeros(4000, np.float32)
    click[2000] = 1.0
    assert np.argmax(audio.log_mel(click, CONFIG).sum(axis=1)) == 10


def test_tone_lands_in_its_band():
    t = np.arange(16000) / 16000
    features = audio.log_mel(np.sin(2 * np.pi * 1000 * t).astype(np.float32), CONFIG)
    import librosa

    centres = librosa.mel_frequencies(82, fmin=CONFIG.mel_min_hz, fmax=CONFIG.mel_max_hz)[1:-1]
    assert abs(centres[np.argmax(features[40])] - 1000) < 40


@pytest.mark.parametrize("bad", [np.zeros(0), np.zeros((2, 3)), np.array([0.0, np.inf])])
def test_bad_audio_is_refused(bad):
    with pytest.raises(ValueError, match="audio"):
        audio.log_mel(bad, CONFIG)

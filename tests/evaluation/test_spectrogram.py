import numpy as np
import pytest

from tf_wavenet.evaluation import spectrogram

RATE_HZ = 16000


def tone(pitch_hz, num_samples=8000):
    return 0.5 * np.sin(np.arange(num_samples) * (2 * np.pi * pitch_hz / RATE_HZ))


def test_a_tone_peaks_at_its_pitch_and_level():
    values = spectrogram.spectrogram_db(tone(2000), RATE_HZ)
    bins, columns = values.shape
    assert columns == 100  # 0.5 s in steps of 5 ms.
    middle = values[:, 50]
    assert np.argmax(middle) / (bins - 1) * RATE_HZ / 2 == pytest.approx(2000, abs=RATE_HZ / 2 / bins)
    assert middle.max() == pytest.approx(20 * np.log10(0.5 / 4), abs=0.2)  # Half of it at -f; the window's mean is 1/2.
    assert np.median(middle) < middle.max() - 60


@pytest.mark.parametrize("num_samples", [1, 79, 80, 81])
def test_short_audio(num_samples):
    assert spectrogram.spectrogram_db(tone(100, num_samples), RATE_HZ).shape[1] == -(-num_samples // 80)


def test_picture(tmp_path):
    spectrogram.draw_spectrograms(tmp_path / "s.png", {"low": tone(500), "high": tone(5000, 7900)}, RATE_HZ)
    assert (tmp_path / "s.png").read_bytes().startswith(b"\x89PNG")

import math

import numpy as np
import pytest

from tf_wavenet import evaluation
from tf_wavenet.evaluation import spectral

RATE_HZ = 16000


def noise(seconds=1.0, seed=0):
    return np.random.default_rng(seed).normal(0, 0.1, round(seconds * RATE_HZ))


@pytest.mark.parametrize("measure", [evaluation.mel_cepstral_distortion, evaluation.log_spectral_distance])
def test_an_original_is_no_way_from_itself(measure):
    assert measure(noise(), noise(), RATE_HZ) == 0.0


@pytest.mark.parametrize("gain_db", [-6.0, 3.0])
def test_log_spectral_distance_of_a_gain_is_the_gain(gain_db):
    louder = noise() * 10 ** (gain_db / 20)
    assert evaluation.log_spectral_distance(noise(), louder, RATE_HZ) == pytest.approx(abs(gain_db), abs=1e-3)


def test_mel_cepstral_distortion_does_not_hear_a_gain():
    assert evaluation.mel_cepstral_distortion(noise(), 2 * noise(), RATE_HZ) < 0.01


@pytest.mark.parametrize("order, expected_db", [(1, 6 / math.sqrt(2)), (7, 6 / math.sqrt(2)), (0, 0.0), (40, 0.0)])
def test_a_ripple_over_the_mel_axis_is_one_coefficient(order, expected_db):
    """Of a ripple of 6 dB the root mean square is 6 / sqrt(2) dB; what is above the 24th coefficient is not seen."""
    hz = np.linspace(0, RATE_HZ / 2, 513)
    mel = 1127.01048 * np.log1p(np.maximum(hz, 40.0) / 700)  # WORLD's axis begins at 40 Hz.
    ripple_db = 6 * np.cos(np.pi * order * (mel - mel[0]) / (mel[-1] - mel[0]))
    envelope = np.exp(np.random.default_rng(0).normal(size=(3, 1))) * np.ones(513)
    found = spectral.envelope_distortion(envelope, envelope * 10 ** (ripple_db / 10), RATE_HZ)
    assert found.shape == (3,)
    np.testing.assert_allclose(found, expected_db, atol=0.1)  # WORLD interpolates on an axis of its own.


def test_pauses_do_not_count():
    """Noise 60 dB below the speech, where the original is silent, is heard by neither measure."""
    original = np.concatenate([noise(), np.zeros(RATE_HZ)])
    faint = original + 1e-4 * np.concatenate([np.zeros(RATE_HZ), noise(1.0, 1) / 0.1])
    assert evaluation.log_spectral_distance(original, faint, RATE_HZ) < 0.1
    assert evaluation.mel_cepstral_distortion(original, faint, RATE_HZ) < 0.1


@pytest.mark.parametrize("samples", [1, 100, 8000])
def test_silence_has_no_distance(samples):
    silence = np.zeros(samples)
    for measure in (evaluation.mel_cepstral_distortion, evaluation.log_spectral_distance):
        assert math.isnan(measure(silence, silence + 0.01, RATE_HZ))


def test_refuses_lengths_that_differ():
    for measure in (evaluation.mel_cepstral_distortion, evaluation.log_spectral_distance):
        with pytest.raises(ValueError, match=r"\[10\] and synthesis \[11\]"):
            measure(np.zeros(10), np.zeros(11), RATE_HZ)

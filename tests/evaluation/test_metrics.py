import math

import numpy as np
import pytest
import soxr

from tf_wavenet import evaluation
from tf_wavenet.evaluation import metrics

RATE_HZ = 16000


def speech_like(seconds, seed=0):
    """Noise whose level moves as syllables do."""
    samples = round(seconds * RATE_HZ)
    envelope = 0.55 + 0.45 * np.sin(np.arange(samples) * (2 * np.pi * 4 / RATE_HZ))
    return envelope * np.random.default_rng(seed).normal(0, 0.1, samples)


def test_stoi_falls_with_noise():
    original = speech_like(2)
    noise = np.random.default_rng(1).normal(0, 0.1, original.size)
    values = [evaluation.stoi(original, original + gain * noise, RATE_HZ) for gain in (0, 0.3, 3)]
    assert values[0] == pytest.approx(1.0)
    assert values[0] > values[1] > values[2]


def test_stoi_of_too_little_speech_is_nan():
    assert math.isnan(evaluation.stoi(speech_like(0.2), speech_like(0.2), RATE_HZ))


def test_stoi_refuses_lengths_that_differ():
    with pytest.raises(ValueError, match=r"\[10\] and synthesis \[11\]"):
        evaluation.stoi(np.zeros(10), np.zeros(11), RATE_HZ)


def test_pesq_falls_with_noise_from_the_original_s_own():
    original = speech_like(2)
    noise = np.random.default_rng(1).normal(0, 0.1, original.size)
    values = [evaluation.pesq(original, original + gain * noise, RATE_HZ) for gain in (0, 0.1, 3)]
    assert values[0] == pytest.approx(4.644, abs=1e-3)  # P.862.2's best.
    assert values[0] > values[1] > values[2] > 1


@pytest.mark.parametrize("rate_hz", [8000, 22050, 48000])
def test_pesq_of_another_rate(rate_hz):
    """What lies in the band of 16 kHz is measured as at 16 kHz."""
    original = speech_like(2)
    noisy = original + np.random.default_rng(1).normal(0, 0.01, original.size)
    at_rate = [soxr.resample(audio, RATE_HZ, rate_hz) for audio in (original, noisy)]
    narrowed = [soxr.resample(audio, rate_hz, RATE_HZ) for audio in at_rate]
    assert evaluation.pesq(*at_rate, rate_hz) == evaluation.pesq(*narrowed, RATE_HZ)
    assert evaluation.pesq(at_rate[0], at_rate[0], rate_hz) == pytest.approx(4.644, abs=1e-3)


def test_pesq_without_an_utterance_is_nan():
    speech, silence = speech_like(2), np.zeros(2 * RATE_HZ)
    for original, synthesis in (
        (silence, speech),
        (speech, silence),
        (silence, silence),
        (speech[:3000], speech[:3000]),
    ):
        assert math.isnan(evaluation.pesq(original, synthesis, RATE_HZ))


def test_pesq_refuses_lengths_that_differ():
    with pytest.raises(ValueError, match=r"\[10\] and synthesis \[11\]"):
        evaluation.pesq(np.zeros(10), np.zeros(11), RATE_HZ)


def test_missing_package_is_named():
    with pytest.raises(ImportError, match=r"Loudness needs the package no_such_package: in the clone, pip install"):
        metrics.Metric("Loudness", evaluation.stoi, "no_such_package").require()

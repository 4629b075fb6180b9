import math

import numpy as np
import pytest

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


def test_missing_package_is_named():
    with pytest.raises(ImportError, match=r"Loudness needs the package no_such_package: in the clone, pip install"):
        metrics.Metric("Loudness", evaluation.stoi, "no_such_package").require()

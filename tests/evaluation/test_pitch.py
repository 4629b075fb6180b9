import math

import numpy as np
import pytest

from tf_wavenet import evaluation

RATE_HZ = 16000


def buzz(pitch_hz, seconds=1.0):
    """Harmonics of equal strength up to 4 kHz: a voice without a vocal tract."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return 0.02 * sum(np.sin(2 * np.pi * pitch_hz * k * times + k) for k in range(1, int(4000 / pitch_hz)))


@pytest.mark.parametrize("pitch_hz, cents", [(120.0, 0.0), (240.0, 1200.0), (60.0 * 2 ** (13 / 12), 100.0)])
def test_f0_error_is_the_interval(pitch_hz, cents):
    found = evaluation.f0_error_cents(buzz(120.0), buzz(pitch_hz), RATE_HZ)
    assert found == pytest.approx(cents, abs=0.0 if cents == 0 else 3.0)


def test_f0_error_is_that_of_frames_voiced_in_both():
    half_silent = np.concatenate([buzz(120.0), np.zeros(RATE_HZ)])
    assert evaluation.f0_error_cents(half_silent, buzz(120.0, 2.0), RATE_HZ) < 3.0
    silence = np.zeros(RATE_HZ)
    assert math.isnan(evaluation.f0_error_cents(silence, buzz(120.0), RATE_HZ))


def test_voicing_error_is_the_share_of_frames():
    voiced, silence = buzz(120.0, 2.0), np.zeros(2 * RATE_HZ)
    half = np.concatenate([voiced[:RATE_HZ], silence[:RATE_HZ]])
    assert evaluation.voicing_error(voiced, voiced, RATE_HZ) == 0.0
    assert evaluation.voicing_error(voiced, half, RATE_HZ) == pytest.approx(50.0, abs=4.0)  # DIO is late by frames.
    assert evaluation.voicing_error(half, voiced, RATE_HZ) == pytest.approx(50.0, abs=4.0)


def test_refuses_lengths_that_differ():
    for measure in (evaluation.f0_error_cents, evaluation.voicing_error):
        with pytest.raises(ValueError, match=r"\[10\] and synthesis \[11\]"):
            measure(np.zeros(10), np.zeros(11), RATE_HZ)

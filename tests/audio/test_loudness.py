"""The gain that brings recordings to a voice's loudness."""

import dataclasses

import numpy as np
import pytest

from tf_wavenet.audio import loudness
from tf_wavenet.config import AudioConfig

RATE_HZ = 16000


def config(lufs):
    return dataclasses.replace(AudioConfig(), loudness_lufs=lufs)


def noise(scale=0.05, seconds=2.0):
    return scale * np.random.default_rng(0).standard_normal(round(seconds * RATE_HZ))


@pytest.mark.parametrize("scale", [0.001, 0.05])
@pytest.mark.parametrize("lufs", [-30.0, -24.0])
def test_it_brings_recordings_to_the_loudness(scale, lufs):
    import pyloudnorm

    waveform = noise(scale)
    found = waveform * loudness.gain(waveform, config(lufs))
    assert pyloudnorm.Meter(RATE_HZ).integrated_loudness(found) == pytest.approx(lufs, abs=0.1)
    assert loudness.gain(found, config(lufs)) == pytest.approx(1.0, abs=0.01)


def test_it_does_not_clip():
    waveform = noise()
    waveform[100] = 0.5
    assert np.abs(waveform * loudness.gain(waveform, config(-5.0))).max() == pytest.approx(loudness.MAX_PEAK)


def test_no_loudness_leaves_recordings_as_they_are():
    assert loudness.gain(noise(), config(0.0)) == 1.0


@pytest.mark.parametrize(
    "waveform", [np.zeros(RATE_HZ), noise(seconds=0.3), np.zeros(0)], ids=["silent", "short", "no"]
)
def test_what_has_no_loudness_is_left_as_it_is(waveform):
    assert loudness.gain(waveform, config(-20.0)) == 1.0

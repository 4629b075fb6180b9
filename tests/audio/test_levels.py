"""Waveforms to levels and back, with pre-emphasis and without."""

import dataclasses

import numpy as np
import pytest

from tf_wavenet import audio
from tf_wavenet.config import AudioConfig, VoiceConfig


def config(preemphasis):
    return VoiceConfig(audio=dataclasses.replace(AudioConfig(), preemphasis=preemphasis))


def tone(samples=4000):
    return 0.3 * np.sin(np.arange(samples) * (2 * np.pi * 200 / 16000))


@pytest.mark.parametrize("preemphasis", [0.0, 0.5, 0.9])
def test_round_trip(preemphasis):
    """mu-law's steps are at most 1/45 of what they stand for; the filter back sums up to 1 / (1 - p) of such errors,
    of random signs here."""
    found = audio.to_audio(audio.to_levels(tone(), config(preemphasis)), config(preemphasis))
    assert found.dtype == np.float32
    assert np.sqrt(np.mean((found - tone()) ** 2)) < 0.01
    np.testing.assert_allclose(found, tone(), rtol=0, atol=0.04)


def test_the_levels_are_those_of_the_differences():
    waveform = tone(50)
    levels = audio.to_levels(waveform, config(0.9))
    differences = waveform - 0.9 * np.concatenate([[0.0], waveform[:-1]])
    np.testing.assert_array_equal(levels, audio.encode(differences))
    np.testing.assert_array_equal(audio.to_levels(waveform, config(0.0)), audio.encode(waveform))


def test_the_filter_is_the_recursion():
    levels, x, p = np.random.default_rng(0).integers(0, 256, 300), 0.0, 0.9
    wanted = [x := e + p * x for e in audio.decode(levels).astype(np.float64)]
    np.testing.assert_allclose(audio.to_audio(levels, config(p)), wanted, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("preemphasis", [0.0, 0.9])
def test_chunks_equal_the_whole(preemphasis):
    levels = audio.to_levels(tone(), config(preemphasis))
    decoder = audio.Decoder(config(preemphasis))
    chunks = [decoder(levels[first : first + 700]) for first in range(0, levels.size, 700)]
    np.testing.assert_array_equal(np.concatenate(chunks), audio.to_audio(levels, config(preemphasis)))


def test_silence_stays_silence():
    levels = audio.to_levels(np.zeros(100), config(0.9))
    assert (levels == VoiceConfig().model.silence_level).all()
    assert np.abs(audio.to_audio(levels, config(0.9))).max() < 1e-3


def test_nan_is_refused():
    with pytest.raises(ValueError, match="NaN"):
        audio.to_levels(np.array([0.0, np.nan]), config(0.9))

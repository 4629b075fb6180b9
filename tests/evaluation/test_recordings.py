import dataclasses

import numpy as np

from tf_wavenet import audio, evaluation
from tf_wavenet.config import AudioConfig
from tf_wavenet.training import data


def test_recordings_are_heard_as_in_training(tiny_config):
    tone = 0.1 * np.sin(np.arange(16000) * (2 * np.pi * 300 / 16000))
    louder = dataclasses.replace(tiny_config.audio, loudness_lufs=-18.0)
    config = dataclasses.replace(tiny_config, audio=louder)
    heard = evaluation.hear(tone, louder)
    assert heard.gain != 1.0
    np.testing.assert_array_equal(heard.original, tone.astype(np.float32))
    analyzed = data.analyze("tone.wav", tone.astype(np.float32), config)
    np.testing.assert_allclose(heard.mel, analyzed.mel, atol=1e-5)
    assert (audio.to_levels(heard.waveform, config) == analyzed.levels).mean() > 0.999
    np.testing.assert_allclose(heard.as_recorded(heard.waveform), tone, atol=1e-6)


def test_a_synthesis_gets_the_recording_s_length():
    heard = evaluation.Heard(np.zeros(5, np.float32), 2.0, np.zeros(5, np.float32), np.zeros((1, 80), np.float32))
    np.testing.assert_array_equal(heard.as_recorded(np.full(7, 1.0)), np.full(5, 0.5, np.float32))
    np.testing.assert_array_equal(heard.as_recorded(np.full(3, 1.0)), [0.5, 0.5, 0.5, 0, 0])


def test_read_once_for_voices_that_hear_alike(recording):
    recordings = evaluation.Recordings(evaluation.Sentence(recording(3200)))
    first = recordings.of(AudioConfig())
    assert recordings.of(AudioConfig()) is first
    assert recordings.of(AudioConfig(mel_bands=40)).mel.shape == (16, 40)

import dataclasses
import importlib.util

import numpy as np
import pytest
import soundfile

from tf_wavenet import audio, evaluation
from tf_wavenet.config import AudioConfig, VoiceConfig
from tf_wavenet.evaluation import classical

CONFIG = AudioConfig()


@pytest.fixture(scope="module")
def speech():
    waveform, _ = soundfile.read(evaluation.shipped_sentences()[0].path, dtype="float32")
    return waveform[8000:28000]


def test_griffin_lim_speaks(speech):
    spoken = classical.griffin_lim(audio.log_mel(speech, CONFIG), CONFIG)
    assert spoken.shape == speech.shape and spoken.dtype == np.float32
    assert evaluation.stoi(speech, spoken, 16000) > 0.9
    assert evaluation.log_spectral_distance(speech, spoken, 16000) < 8
    again = classical.griffin_lim(audio.log_mel(speech, CONFIG), CONFIG)
    np.testing.assert_array_equal(spoken, again)


@pytest.mark.filterwarnings("ignore:n_fft=1024 is too large:UserWarning")
@pytest.mark.parametrize("samples", [1, 200, 201, 799, 1600, 3333])
@pytest.mark.parametrize("hop_samples", [200, 256, 333])
def test_griffin_lim_of_any_length(monkeypatch, speech, samples, hop_samples):
    monkeypatch.setattr(classical, "GRIFFIN_LIM_ITERATIONS", 2)
    config = dataclasses.replace(CONFIG, hop_samples=hop_samples)
    mel = audio.log_mel(speech[:samples], config)
    spoken = classical.griffin_lim(mel, config)
    assert spoken.shape == (len(mel) * hop_samples,) and np.isfinite(spoken).all()


def test_world_speaks(speech):
    spoken = classical.world_vocoder(speech, 16000)
    assert abs(spoken.size - speech.size) < 160 and spoken.dtype == np.float32
    spoken = np.pad(spoken, (0, 160))[: speech.size]
    assert evaluation.stoi(speech, spoken, 16000) > 0.9
    assert evaluation.mel_cepstral_distortion(speech, spoken, 16000) < 5


@pytest.mark.parametrize("preemphasis", [0.0, 0.85])
def test_the_codec_errs_by_its_levels(speech, preemphasis):
    config = VoiceConfig(audio=dataclasses.replace(CONFIG, preemphasis=preemphasis))
    coded = classical.codec(speech, config)
    assert 0 < np.abs(coded - speech).max() < 0.05
    assert audio.to_levels(speech, config)[0] == audio.to_levels(coded, config)[0]


def test_what_baselines_need(monkeypatch):
    with pytest.raises(ValueError, match="baseline is 'straight', must be one of codec, griffin-lim, world"):
        evaluation.baseline("straight", VoiceConfig())
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        ImportError, match=r"WORLD needs the package pyworld: in the clone, pip install '.\[evaluate\]'"
    ):
        evaluation.baseline("world", VoiceConfig())

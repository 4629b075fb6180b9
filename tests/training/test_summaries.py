"""TensorBoard events: scalars and audio where tensorboard is installed, nothing where it is not."""

import sys

import numpy as np
import pytest

from tf_wavenet import spec
from tf_wavenet.training import summaries
from tf_wavenet.training.data import Recording


@pytest.fixture
def speech(tiny_config):
    rng = np.random.default_rng(0)
    mel = rng.normal(size=(20, tiny_config.model.conditioning_channels)).astype(np.float32)
    return Recording("speech", rng.integers(0, 256, 1600).astype(np.int16), mel)


def events(folder):
    loader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    accumulator = loader.EventAccumulator(str(folder))
    return accumulator.Reload()


def test_scalars_and_audio(tmp_path, tiny_config, speech):
    written = summaries.Summaries(tmp_path)
    written.scalars(7, {"bits_per_sample": 2.5})
    written.audio(7, tiny_config, spec.random_tensors(tiny_config.model, 0), speech)
    read = events(tmp_path)
    (scalar,) = read.Scalars("bits_per_sample")
    assert (scalar.step, scalar.value) == (7, 2.5)
    (clip,) = read.Audio("copy_synthesis")
    assert clip.encoded_audio_string[:4] == b"RIFF" and clip.length_frames == 1600


def test_wild_weights_do_not_end_the_training(tmp_path, tiny_config, speech, caplog):
    tensors = spec.random_tensors(tiny_config.model, 0)
    tensors["out.weight"] = np.full_like(tensors["out.weight"], 1e38)
    summaries.Summaries(tmp_path).audio(3, tiny_config, tensors, speech)
    assert "no audio at step 3" in caplog.text


def test_without_tensorboard_nothing_is_written(tmp_path, monkeypatch, tiny_config, speech):
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto", None)
    silent = summaries.Summaries(tmp_path / "events")
    silent.scalars(1, {"bits_per_sample": 1.0})
    silent.audio(1, tiny_config, spec.random_tensors(tiny_config.model, 0), speech)
    assert not (tmp_path / "events").exists()

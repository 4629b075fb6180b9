"""A run that is killed and resumed equals one that is not, and bits per sample fall."""

import dataclasses
import json

import numpy as np
import pytest
import soundfile

from tf_wavenet.config import AudioConfig, VoiceConfig, WaveNetConfig
from tf_wavenet import checkpoint
from tf_wavenet.training.config import TrainingConfig

VOICE = VoiceConfig(
    audio=AudioConfig(hop_samples=80, mel_bands=12, fft_size=512, window_samples=320),
    model=WaveNetConfig(layers=4, residual_channels=8, skip_channels=8, dilation_cycle=4, conditioning_channels=12),
)
TRAINING = TrainingConfig(
    steps=12, batch_size=2, crop_samples=800, warmup_steps=2, validate_every=4, checkpoint_every=4, validation_batches=1
)


class Killed(Exception):
    """Stands for a kill in the midst of a run."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    t = np.arange(8000) / 16000
    for split, pitch_hz in (("train", 200), ("validation", 230)):
        soundfile.write(folder / f"{split}.wav", 0.5 * np.sin(2 * np.pi * pitch_hz * t), 16000)
        (folder / f"{split}.txt").write_text(f"{split}.wav|A tone.\n")
    return folder


def train(corpus, work_dir, training=TRAINING, kill_at=None):
    from tf_wavenet.training.trainer import Trainer

    trainer = Trainer(VOICE, training, corpus, work_dir)
    batch = trainer._crops.batch

    def killing_batch(step):
        if step == kill_at:
            raise Killed
        return batch(step)

    trainer._crops.batch = killing_batch
    trainer.run()
    log = [json.loads(line) for line in (work_dir / "log.jsonl").read_text().splitlines()]
    tensors, _ = checkpoint.load(work_dir / "checkpoint.safetensors")
    return log, tensors


def test_killed_and_resumed_equals_uninterrupted(corpus, tmp_path):
    log, tensors = train(corpus, tmp_path / "whole")
    with pytest.raises(Killed):
        train(corpus, tmp_path / "killed", kill_at=10)  # The checkpoint is of step 8.
    resumed_log, resumed = train(corpus, tmp_path / "killed")
    losses = lambda lines: [
        (line["step"], line["bits_per_sample"], line["validation_bits_per_sample"]) for line in lines
    ]
    assert losses(resumed_log) == losses(log)
    assert resumed.keys() == tensors.keys()
    for name, value in tensors.items():
        np.testing.assert_array_equal(resumed[name], value, err_msg=name)
    assert log[-1]["bits_per_sample"] < log[0]["bits_per_sample"] < 8.2


def test_resume_refuses_another_voice(corpus, tmp_path):
    from tf_wavenet.training.trainer import Trainer

    train(corpus, tmp_path)
    other = VoiceConfig(audio=VOICE.audio, model=WaveNetConfig(layers=5, conditioning_channels=12))
    with pytest.raises(ValueError, match="was trained with"):
        Trainer(other, TRAINING, corpus, tmp_path)
    with pytest.raises(ValueError, match="is at step 12, beyond the 6 steps"):
        Trainer(VOICE, TrainingConfig(steps=6), corpus, tmp_path)
    with pytest.raises(ValueError, match="was trained with learning_rate 0.0015, asked for is 0.1"):
        Trainer(VOICE, dataclasses.replace(TRAINING, learning_rate=0.1), corpus, tmp_path)
    path = tmp_path / "checkpoint.safetensors"
    tensors, metadata = checkpoint.load(path)
    del tensors["optimizer/3"]
    checkpoint.save(path, tensors, metadata)
    with pytest.raises(ValueError, match="optimizer/3 is missing"):
        Trainer(VOICE, TRAINING, corpus, tmp_path)


def test_checkpoint_before_the_first_validation_can_be_exported(corpus, tmp_path):
    from tf_wavenet import export

    training = dataclasses.replace(TRAINING, checkpoint_every=2, validate_every=100)
    with pytest.raises(Killed):
        train(corpus, tmp_path, training, kill_at=3)
    export.export_checkpoint(tmp_path / "checkpoint.safetensors", tmp_path / "voice.gguf", name="early")
    log, _ = train(corpus, tmp_path, training)
    assert log[-1]["step"] == 12

"""A run that is killed and resumed equals one that is not, and bits per sample fall."""

import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import time

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


def test_a_real_kill_at_a_random_moment(corpus, tmp_path):
    """SIGKILL to a process that trains, whenever it comes; what goes on afterwards has the same curve to the bit."""
    import keras

    training = dataclasses.replace(TRAINING, steps=126, validate_every=6, checkpoint_every=7)
    (tmp_path / "voice.json").write_text(json.dumps(VOICE.to_dict()))
    command = [sys.executable, "-P", "-m", "tf_wavenet.cli", "train", f"--data_dir={corpus}"]
    command += [f"--config={tmp_path / 'voice.json'}"]
    command += [f"--{field}={value}" for field, value in training.to_dict().items()]
    environment = {**os.environ, "KERAS_BACKEND": keras.backend.backend()}

    def start(name):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([*command, f"--work_dir={tmp_path / name}"], env=environment, **quiet)

    def ended(process):
        _, errors = process.communicate()
        return process.returncode, errors

    def result(name):
        log = [json.loads(line) for line in (tmp_path / name / "log.jsonl").read_text().splitlines()]
        for line in log:
            del line["audio_seconds_per_second"]
        return log, checkpoint.load(tmp_path / name / "checkpoint.safetensors")[0]

    whole, killed = start("whole"), start("killed")
    lines, moment = tmp_path / "killed" / "log.jsonl", random.randint(1, 15)
    while killed.poll() is None and not (lines.exists() and lines.read_bytes().count(b"\n") >= moment):
        time.sleep(0.002)
    killed.kill()
    code, errors = ended(killed)
    assert code == -signal.SIGKILL, errors
    for process in (start("killed"), whole):
        code, errors = ended(process)
        assert code == 0, errors
    (log, tensors), (resumed_log, resumed) = result("whole"), result("killed")
    # A line is a mean since the line before it, or since the run went on: from a checkpoint that may lie between two.
    complete = [line for line in resumed_log if line["step"] % 42 == 0]
    assert complete == [line for line in log if line["step"] % 42 == 0] and len(complete) == 3
    validation = lambda lines: [(line["step"], line["validation_bits_per_sample"]) for line in lines]
    assert validation(resumed_log) == validation(log)
    for name, value in tensors.items():
        np.testing.assert_array_equal(resumed[name], value, err_msg=name)


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


def test_the_moving_average_speaks_and_the_weights_go_on(corpus, tmp_path):
    from tf_wavenet.training.trainer import Trainer

    trainer = Trainer(VOICE, dataclasses.replace(TRAINING, ema_decay=0.5, checkpoint_every=1), corpus, tmp_path)
    save, raw, averages = trainer.save, [], []

    def keep():
        save()
        tensors, _ = checkpoint.load(tmp_path / "checkpoint.safetensors")
        raw.append(tensors["raw/out.bias"])
        averages.append(tensors["model/out.bias"])

    trainer.save = keep
    trainer.run()
    expected = raw[0]
    for weights, average in zip(raw[1:], averages[1:]):
        expected = 0.5 * expected + 0.5 * weights
        np.testing.assert_allclose(average, expected, rtol=1e-5, atol=1e-7)
    assert not np.array_equal(raw[-1], averages[-1])
    assert len(raw) == TRAINING.steps


def test_a_run_may_begin_with_the_weights_of_another(corpus, tmp_path):
    from tf_wavenet.training.trainer import Trainer

    train(corpus, tmp_path / "one")
    first = tmp_path / "one" / "checkpoint.safetensors"
    config, weights, provenance = checkpoint.load_model(first)
    for split in ("train", "validation"):
        (corpus / f"{split}.txt").write_text(f"{split}.wav|A tone.|b\n")
    voice = dataclasses.replace(VOICE, model=dataclasses.replace(VOICE.model, speakers=("a", "b")))
    trainer = Trainer(voice, TRAINING, corpus, tmp_path / "two", first)
    before = trainer.model.numpy_tensors()
    for name, value in before.items():
        expected = np.repeat(weights[name], 2, axis=0) if name.endswith("cond.bias") else weights[name]
        np.testing.assert_array_equal(value, expected)
    trainer.run()
    _, after, found = checkpoint.load_model(tmp_path / "two" / "checkpoint.safetensors")
    assert found["initial"] == provenance
    bias = after["layers.0.cond.bias"]
    np.testing.assert_array_equal(bias[0], before["layers.0.cond.bias"][0])  # Nobody heard speaker a.
    assert not np.array_equal(bias[1], before["layers.0.cond.bias"][1])
    with pytest.raises(ValueError, match="must be one, or those of the new voice"):
        three = dataclasses.replace(voice, model=dataclasses.replace(voice.model, speakers=("a", "b", "c")))
        Trainer(three, TRAINING, corpus, tmp_path / "three", tmp_path / "two" / "checkpoint.safetensors")
    with pytest.raises(ValueError, match="cannot begin this voice: its audio.loudness_lufs is 0.0, must be -20"):
        louder = dataclasses.replace(voice, audio=dataclasses.replace(voice.audio, loudness_lufs=-20))
        Trainer(louder, TRAINING, corpus, tmp_path / "louder", first)


def test_a_run_may_begin_with_a_smaller_network(corpus, tmp_path):
    from tf_wavenet.training.trainer import Trainer

    train(corpus, tmp_path / "small")
    first = tmp_path / "small" / "checkpoint.safetensors"
    small = Trainer(VOICE, TRAINING, corpus, tmp_path / "again", first)
    model = dataclasses.replace(VOICE.model, layers=VOICE.model.layers + 2, residual_channels=24, skip_channels=40)
    large = Trainer(dataclasses.replace(VOICE, model=model), TRAINING, corpus, tmp_path / "large", first)
    batch = small._validation_crops.batch(0)
    bits = float(small.model.test_on_batch(*batch))
    assert float(large.model.test_on_batch(*batch)) == pytest.approx(bits, rel=1e-5)
    large.run()
    assert float(large.model.test_on_batch(*batch)) < bits
    with pytest.raises(ValueError, match="a network grows in layers, .* alone, not in layers from"):
        Trainer(VOICE, TRAINING, corpus, tmp_path / "smaller", tmp_path / "large" / "checkpoint.safetensors")


def test_mixed_precision_learns_and_keeps_float32_weights(corpus, tmp_path):
    log, tensors = train(corpus, tmp_path / "mixed", dataclasses.replace(TRAINING, compute_dtype="bfloat16"))
    full, _ = train(corpus, tmp_path / "full")
    assert all(value.dtype in (np.float32, np.int32, np.int64) for value in tensors.values())
    for mixed_line, line in zip(log, full):
        assert mixed_line["bits_per_sample"] != line["bits_per_sample"]
        assert mixed_line["bits_per_sample"] == pytest.approx(line["bits_per_sample"], abs=0.02)

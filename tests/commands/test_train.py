"""`tf-wavenet train`: from recordings to a voice that speaks, across a restart; and its flags."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from tf_wavenet import cli, commands, native
from tf_wavenet.commands import train
from tf_wavenet.config import AudioConfig, VoiceConfig, preset
from tf_wavenet.training.config import TrainingConfig

SHORT = ["--batch_size=2", "--crop_samples=800", "--warmup_steps=2", "--validation_batches=1"]


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    t = np.arange(8000) / 16000
    for split, pitch_hz in (("train", 200), ("validation", 230), ("test", 260)):
        soundfile.write(folder / f"{split}.wav", 0.5 * np.sin(2 * np.pi * pitch_hz * t), 16000)
        (folder / f"{split}.txt").write_text(f"{split}.wav|A tone.\n")
    return folder


def test_train_resume_export_evaluate(capsys, tmp_path, tiny_config, corpus):
    config = tmp_path / "config.json"
    config.write_text(json.dumps(tiny_config.to_dict()))
    work_dir = tmp_path / "work"

    def run_train(steps):
        argv = [
            "train",
            f"--data_dir={corpus}",
            f"--work_dir={work_dir}",
            f"--config={config}",
            f"--steps={steps}",
            *SHORT,
        ]
        # A process of its own: Keras chooses its backend once.
        command = [sys.executable, "-m", "tf_wavenet.cli", *argv]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)  # Not a source tree.
        assert done.returncode == 0, done.stderr
        return done.stdout

    first = run_train(2)
    assert "Keras" in first and "a new run in" in first and "after 2 steps" in first
    assert "going on from step 2" in run_train(4)
    log = [json.loads(line)["step"] for line in (work_dir / "log.jsonl").read_text().splitlines()]
    assert log == [2, 4]

    voice = tmp_path / "voice.gguf"
    assert cli.main(["export", f"--checkpoint={work_dir / 'checkpoint.safetensors'}", f"--output={voice}"]) == 0
    assert native.voice_info(voice).layers == tiny_config.model.layers
    result = tmp_path / "result.json"
    assert cli.main(["evaluate", f"--voice={voice}", f"--data_dir={corpus}", f"--json={result}"]) == 0, (
        capsys.readouterr().err
    )
    *baselines, evaluated = json.loads(result.read_text())["systems"]
    assert len(baselines) == 3 and [sentence["name"] for sentence in evaluated["sentences"]] == ["test"]


def test_a_flag_for_each_field_of_the_config():
    assert list(train.HELP) == [field.name for field in dataclasses.fields(TrainingConfig)]


def test_wrong_values_are_refused_before_anything_is_written(capsys, tmp_path, corpus):
    for argv, code, message in [
        (["--steps=0"], 1, "TrainingConfig.steps is 0"),
        (["--preset=huge"], 2, "--preset=huge"),
        ([f"--data_dir={tmp_path / 'none'}"], 1, "no such folder of recordings"),
        ([f"--config={tmp_path / 'none.json'}"], 1, "no such config file"),
    ]:
        assert cli.main(["train", f"--data_dir={corpus}", f"--work_dir={tmp_path / 'work'}", *argv]) == code
        assert message in capsys.readouterr().err
        assert not (tmp_path / "work").exists()


def config_file(tmp_path, content):
    path = tmp_path / "config.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_config_from_preset_and_file(tmp_path, tiny_config):
    assert train.voice_config("", None) == VoiceConfig()
    assert train.voice_config("", "large") == VoiceConfig(model=preset("large"))
    assert train.voice_config(config_file(tmp_path, tiny_config.to_dict()), None) == tiny_config
    audio_only = train.voice_config(config_file(tmp_path, {"audio": {"mel_bands": 40}}), "medium")
    assert audio_only.audio == AudioConfig(mel_bands=40)
    assert audio_only.model == dataclasses.replace(preset("medium"), conditioning_channels=40)


@pytest.mark.parametrize(
    "content, message",
    [
        ("{", "config.json: not JSON"),
        ("[]", "config.json: holds a list"),
        ({"audo": {}}, "VoiceConfig has no field audo"),
        ({"audio": 3}, "VoiceConfig.audio is 3"),
        ({"audio": {"hop": 3}}, "AudioConfig has no field hop"),
        ({"model": {"layers": 0}}, "WaveNetConfig.layers is 0"),
        ({"audio": {"mel_bands": 40}, "model": {}}, "conditioning_channels is 80, must equal"),
    ],
)
def test_refused_config_files(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        train.voice_config(config_file(tmp_path, content), None)


def test_network_sizes_given_twice(tmp_path):
    with pytest.raises(commands.UsageError, match="--preset=small, but .* has a 'model' too"):
        train.voice_config(config_file(tmp_path, {"model": {}}), "small")


def test_backend(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert train.choose_backend() == "torch"
    monkeypatch.delenv("KERAS_BACKEND")
    installed = {"keras", "jax", "tensorflow"}
    monkeypatch.setattr(train.importlib.util, "find_spec", lambda name: name if name in installed else None)
    assert train.choose_backend() == "jax"
    installed.remove("jax")
    assert train.choose_backend() == "tensorflow"
    installed.remove("tensorflow")
    with pytest.raises(ImportError, match="needs JAX or TensorFlow"):
        train.choose_backend()
    installed.remove("keras")
    with pytest.raises(ImportError, match=r"\.\[train,tensorflow-cpu\]"):
        train.choose_backend()

"""`tf-wavenet export` and `info`: what they print, and what checkpoints that do not fit get."""

import json

import numpy as np
import pytest

from tf_wavenet import cli, native, spec
from tf_wavenet.config import VoiceConfig
from tf_wavenet import checkpoint


def run(capsys, *argv):
    code = cli.main([str(argument) for argument in argv])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


def write_checkpoint(path, config, **changes):
    tensors = {**spec.random_tensors(config.model, 0), **changes}
    named = {checkpoint.MODEL + name: value for name, value in tensors.items() if value is not None}
    provenance = {"validation_bits_per_sample": 3.25, "training": {"batch_size": 4}}
    checkpoint.save(path, named, {"config": config.to_dict(), "step": 7, "training": provenance})
    return path


def test_export_then_info(capsys, tmp_path, tiny_config):
    path = write_checkpoint(tmp_path / "c.safetensors", tiny_config)
    voice = tmp_path / "first.gguf"
    code, out, err = run(capsys, "export", f"--checkpoint={path}", f"--output={voice}", "--description=A test.")
    assert code == 0, err
    assert f"wrote {voice}: " in out and "4 layers, 8 residual, 8 skip, 256 output channels" in out

    code, out, err = run(capsys, "info", voice, f"--json={tmp_path / 'info.json'}")
    assert code == 0, err
    info = native.voice_info(voice)
    for expected in ("first", "A test.", "16000 Hz, 12 mel bands", "hop 80 samples (5 ms)", "(f32)",
                     f"{info.checksum:016x}",
                     f"{info.weight_bytes_per_sample:,} bytes of weights", "17 samples (1.1 ms)", "step: 7",
                     "training.batch_size: 4", "validation_bits_per_sample: 3.25"):  # fmt: skip
        assert expected in out, expected
    content = json.loads((tmp_path / "info.json").read_text())
    assert VoiceConfig.from_dict(content["config"]) == tiny_config
    assert content["training"]["validation_bits_per_sample"] == 3.25
    assert content["bytes"] == voice.stat().st_size
    assert all(tensor["name"] in out for tensor in content["tensors"])
    assert 0 < sum(tensor["bytes"] for tensor in content["tensors"]) < content["bytes"]


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"out.bias": None}, "1 missing (first ['out.bias'])"),
        ({"layers.9.res.bias": np.zeros(3, np.float32)}, "1 unexpected"),
        ({"out.bias": np.zeros(3, np.float32)}, "out.bias has shape [3], the config wants [256]"),
        ({"out.bias": np.zeros(256, np.float64)}, "out.bias is float64, must be float32"),
        ({"out.bias": np.full(256, np.nan, np.float32)}, "out.bias holds 256 values that are not finite"),
    ],
)
def test_checkpoints_that_do_not_fit_their_config(capsys, tmp_path, tiny_config, changes, message):
    path = write_checkpoint(tmp_path / "c.safetensors", tiny_config, **changes)
    code, _, err = run(capsys, "export", f"--checkpoint={path}", f"--output={tmp_path / 'v.gguf'}")
    assert code == 1
    assert err.startswith(f"tf-wavenet: error: {path}: ") and message in err
    assert not (tmp_path / "v.gguf").exists()


def test_files_that_are_no_checkpoints(capsys, tmp_path, tiny_config):
    whole = write_checkpoint(tmp_path / "c.safetensors", tiny_config).read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.safetensors").write_text("no checkpoint")
    for name, message in {"cut": "not a readable", "text": "not a readable", "missing": "no such checkpoint"}.items():
        path = tmp_path / f"{name}.safetensors"
        code, _, err = run(capsys, "export", f"--checkpoint={path}", f"--output={tmp_path / 'v.gguf'}")
        assert code == 1
        assert err.startswith(f"tf-wavenet: error: {path}: {message}")


def test_output_folder_is_checked_first(capsys, tmp_path):
    code, _, err = run(capsys, "export", "--checkpoint=missing", f"--output={tmp_path / 'none' / 'v.gguf'}")
    assert code == 1 and "does not exist" in err

"""`tf-wavenet export` and `info`: what they print, and what checkpoints that do not fit get."""

import json
import types

import numpy as np
import pytest
import soundfile
from absl import flags as absl_flags

from tf_wavenet import checkpoint, cli, export, native, spec
from tf_wavenet.commands import export as export_command
from tf_wavenet.config import VoiceConfig
from tf_wavenet.export.recordings import DEFAULT_SECONDS


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


@pytest.fixture
def speech(tmp_path):
    path = tmp_path / "speech.wav"
    soundfile.write(path, 0.1 * np.random.default_rng(0).normal(size=20_000), 16000)
    return path


@pytest.fixture
def info_by_python(monkeypatch):
    """`native.voice_info` from what Python reads of a voice file."""

    def voice_info(path):
        voice = export.read_voice(path)
        lookahead = voice.config.model.lookahead_frames
        return types.SimpleNamespace(
            checksum=voice.checksum,
            weight_bytes_per_sample=voice.weight_bytes_per_sample,
            lookahead_frames=lookahead,
            state_bytes=0,
        )

    monkeypatch.setattr(native, "voice_info", voice_info)


@pytest.mark.parametrize("precision, kind", [("int16", "i16"), ("int8", "i8")])
def test_quantizing_prints_what_it_did(capsys, tmp_path, tiny_config, speech, info_by_python, precision, kind):
    path = write_checkpoint(tmp_path / "c.safetensors", tiny_config)
    voice, converted = tmp_path / "first.gguf", tmp_path / "converted.gguf"
    integers = [f"--precision={precision}", f"--calibration={speech}", "--calibration_seconds=1.2"]
    code, out, err = run(capsys, "export", f"--checkpoint={path}", f"--output={voice}", *integers)
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0].split() == ["tensor", "size", "scale", "saturated", "of", "2^31", "SQNR", "dB"]
    rows = {line.split()[0]: line for line in lines}
    for name in ("x_0", "x_3", "z_s", "z_a", "layers.0.gate", "layers.2.res", "layers.3.skip", "relu", "out"):
        assert name in rows
    assert "16 x 16" in rows["layers.0.gate"] and "256 x 8" in rows["relu"] and "%" in rows["z_a"]
    assert f"wrote {voice}: " in out and f"bytes of weights ({precision})" in out

    run(capsys, "export", f"--checkpoint={path}", f"--output={tmp_path / 'f32.gguf'}", "--name=first")
    code, _, err = run(capsys, "export", f"--voice={tmp_path / 'f32.gguf'}", f"--output={converted}", *integers)
    assert code == 0, err
    assert converted.read_bytes() == voice.read_bytes()

    code, out, err = run(capsys, "info", voice, f"--json={tmp_path / 'info.json'}")
    assert code == 0, err
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line}
    assert rows["relu"][1:4] == ["[256,", "8]", kind] and rows["relu.scale"][2] == rows["cond.bias"][2] == "f32"
    for expected in (f"({precision})", "quantization.seconds: 1.2", f"quantization.precision: {precision}", "step: 7"):
        assert expected in out, expected
    content = json.loads((tmp_path / "info.json").read_text())
    assert content["precision"] == precision
    assert {tensor["type"] for tensor in content["tensors"]} == {"f32", kind, "i16", "i64"}  # cond is i16


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "--checkpoint is missing: Checkpoint that train wrote."),
        (["--checkpoint=a", "--voice=b"], "export: give --checkpoint or --voice, not both"),
        (["--checkpoint=a", "--precision=int8"], "--calibration is missing: Recordings to calibrate integers on"),
        (["--voice=a", "--calibration=b"], "export: --calibration is for --precision=int16 or int8"),
        (["--voice=a"], "--output is missing"),
        (["--voice=a", "--precision=int4"], "--precision=int4: value should be one of <f32|int16|int8>"),
    ],
)
def test_flags_that_do_not_go_together(capsys, arguments, message):
    code, _, err = run(capsys, "export", *arguments)
    assert code == 2 and message in err


def test_flags_are_the_librarys():
    flags = absl_flags.FlagValues()
    export_command.define_flags(flags)
    assert flags["precision"].parser.enum_values == list(export.PRECISIONS)
    assert flags["calibration_seconds"].default == DEFAULT_SECONDS


def test_recordings_and_voices_that_do_not_serve(capsys, tmp_path, tiny_voice, speech):
    output = f"--output={tmp_path / 'v.gguf'}"
    soundfile.write(tmp_path / "short.wav", np.ones(100) / 2, 16000)
    (tmp_path / "empty").mkdir()
    for voice, calibration, message in [
        (tmp_path / "none.gguf", speech, "none.gguf: no such voice file"),
        (speech, speech, "speech.wav: not a GGUF file"),
        (tiny_voice, tmp_path / "none.wav", "none.wav: no such recording to calibrate on"),
        (tiny_voice, tmp_path / "empty", "empty: holds no .wav or .flac file to calibrate on"),
        (tiny_voice, tmp_path / "short.wav", "are too little to calibrate on, at least 1 s of speech is needed"),
        (tiny_voice, tiny_voice, "not an audio file that can be read"),
    ]:
        code, _, err = run(
            capsys, "export", f"--voice={voice}", f"--calibration={calibration}", "--precision=int8", output
        )
        assert code == 1 and message in err
        assert not (tmp_path / "v.gguf").exists()
    flags = [f"--voice={tiny_voice}", f"--calibration={speech}", "--precision=int8", "--calibration_seconds=0", output]
    code, _, err = run(capsys, "export", *flags)
    assert code == 1 and "calibration_seconds is 0, must be at least 1" in err

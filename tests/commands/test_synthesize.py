"""`tf-wavenet synthesize`: lengths, what is said of odd recordings, and what bad input gets."""

import dataclasses

import numpy as np
import pytest
import soundfile

from tf_wavenet import audio, cli, export, native, spec


def run(capsys, tiny_voice, *argv):
    code = cli.main(["synthesize", f"--voice={tiny_voice}", *argv])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


@pytest.mark.parametrize("num_samples", [1, 79, 80, 81, 8001, 16000])
def test_output_is_as_long_as_the_input(capsys, tmp_path, tiny_voice, recording, num_samples):
    output = tmp_path / "out.wav"
    code, out, err = run(capsys, tiny_voice, f"--input={recording(num_samples)}", f"--output={output}")
    assert code == 0, err
    waveform, rate_hz = soundfile.read(output)
    assert (waveform.shape, rate_hz) == ((num_samples,), 16000)
    assert f"{num_samples} samples" in out and "times real time (native, " in out
    assert "s of audio" in err  # The progress bar.
    assert "resampled" not in err and "mixed" not in err


def test_equals_one_whole_run_of_the_engine(capsys, tmp_path, tiny_voice, tiny_config, recording):
    source = recording(20001)  # Over a second: several chunks.
    output = tmp_path / "out.wav"
    for engine in ("native", "op"):
        code, out, err = run(
            capsys,
            tiny_voice,
            f"--input={source}",
            f"--output={output}",
            "--seed=3",
            "--temperature=0.7",
            f"--engine={engine}",
        )
        assert code == 0, err
        assert f"({engine}, " in out
        mel = audio.log_mel(audio.read_wav(source, 16000), tiny_config.audio)
        whole = native.generate(tiny_voice, mel, seed=3, temperature=0.7).samples[0, :20001]
        np.testing.assert_array_equal(audio.encode(soundfile.read(output)[0]), whole)


def test_other_rate_and_stereo_are_said(capsys, tmp_path, tiny_voice, recording):
    output = tmp_path / "out.wav"
    source = recording(11025, rate_hz=22050, channels=2)
    code, _, err = run(capsys, tiny_voice, f"--input={source}", f"--output={output}")
    assert code == 0
    assert f"tf-wavenet: {source}: resampled from 22050 Hz to 16000 Hz" in err
    assert f"tf-wavenet: {source}: mixed 2 channels down to mono" in err
    assert soundfile.info(output).frames == 8000


def test_mel_file(capsys, tmp_path, tiny_voice):
    mel = np.random.default_rng(0).normal(size=(13, 12)).astype(np.float32)
    np.save(tmp_path / "mel.npy", mel)
    code, _, err = run(capsys, tiny_voice, f"--mel={tmp_path / 'mel.npy'}", f"--output={tmp_path / 'out.wav'}")
    assert code == 0, err
    waveform = soundfile.read(tmp_path / "out.wav")[0]
    np.testing.assert_array_equal(audio.encode(waveform), native.generate(tiny_voice, mel).samples[0])


@pytest.mark.parametrize(
    "mel, message",
    [
        (np.zeros((3, 40), np.float32), "shape[1] is 40, the voice expects 12"),
        (np.zeros((3, 12), np.int16), "is int16, must be floating point"),
        (np.zeros((1, 3, 12), np.float32), "has rank 3"),
        (np.full((3, 12), np.nan, np.float32), "[0, 0] is nan, must be finite"),
        (np.array([{}]), "not a .npy file that can be read"),
    ],
)
def test_bad_mel_files(capsys, tmp_path, tiny_voice, mel, message):
    path = tmp_path / "mel.npy"
    np.save(path, mel, allow_pickle=True)
    code, _, err = run(capsys, tiny_voice, f"--mel={path}", f"--output={tmp_path / 'out.wav'}")
    assert code == 1
    assert err.startswith(f"tf-wavenet: error: {path}") and message in err
    assert not (tmp_path / "out.wav").exists()


def bad_recordings(tmp_path):
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 16000)
    (tmp_path / "text.wav").write_text("this is no audio")
    (tmp_path / "nothing.wav").touch()
    soundfile.write(tmp_path / "nan.wav", np.array([0.0, np.nan]), 16000, subtype="FLOAT")
    return {"empty": "holds no samples", "text": "not an audio file", "nothing": "not an audio file",
            "nan": "not finite", "missing": "no such audio file"}  # fmt: skip


def test_recording_without_header(capsys, tmp_path, tiny_voice):
    path = tmp_path / "in.raw"
    path.write_bytes(bytes(1600))
    code, _, err = run(capsys, tiny_voice, f"--input={path}", f"--output={tmp_path / 'out.wav'}")
    assert code == 1
    assert err == f"tf-wavenet: error: {path}: not an audio file that can be read (no header tells its rate)\n"


def test_bad_recordings(capsys, tmp_path, tiny_voice):
    for name, message in bad_recordings(tmp_path).items():
        path = tmp_path / f"{name}.wav"
        code, _, err = run(capsys, tiny_voice, f"--input={path}", f"--output={tmp_path / 'out.wav'}")
        assert code == 1
        assert err.startswith(f"tf-wavenet: error: {path}: ") and message in err


@pytest.mark.parametrize(
    "flag, message",
    [
        ("--temperature=0", "temperature is 0, must be positive"),
        ("--temperature=-1", "temperature is -1, must be positive"),
        ("--temperature=nan", "temperature is nan, must be positive"),
        ("--temperature=inf", "temperature is inf, must be positive and finite"),
        ("--seed=9223372036854775808", "seed is 9223372036854775808"),
        ("--output=missing/out.wav", "the folder missing does not exist"),
        ("--output=.", ".: is a folder"),
    ],
)
def test_bad_values_are_refused_before_any_work(capsys, tmp_path, tiny_voice, flag, message):
    # The input does not exist either, but is not what the message is of.
    code, _, err = run(
        capsys, tiny_voice, f"--input={tmp_path / 'missing.wav'}", f"--output={tmp_path / 'out.wav'}", flag
    )
    assert code == 1
    assert message in err


def test_output_of_unknown_format_is_refused_before_any_work(capsys, tmp_path, tiny_voice):
    code, _, err = run(capsys, tiny_voice, f"--input={tmp_path / 'missing.wav'}", f"--output={tmp_path / 'out.xyz'}")
    assert code == 1
    assert "out.xyz: the suffix '.xyz' names no format" in err


def test_output_without_header_is_refused_before_any_work(capsys, tmp_path, tiny_voice):
    code, _, err = run(capsys, tiny_voice, f"--input={tmp_path / 'missing.wav'}", f"--output={tmp_path / 'out.raw'}")
    assert code == 1
    assert "out.raw: a .raw file has no header" in err


def test_isa_is_resolved_before_any_work(capsys, monkeypatch, tmp_path, tiny_voice):
    argv = (f"--input={tmp_path / 'missing.wav'}", f"--output={tmp_path / 'out.wav'}")
    monkeypatch.setenv("TF_WAVENET_ISA", "foo")
    code, _, err = run(capsys, tiny_voice, *argv)
    assert code == 1 and err.startswith("tf-wavenet: error: TF_WAVENET_ISA is 'foo', must be ")
    monkeypatch.setattr(native, "available_isas", lambda: ("scalar", "avx2"))
    code, _, err = run(capsys, tiny_voice, *argv, "--isa=avx512")
    assert code == 1 and "isa is 'avx512', which this CPU cannot run; available: scalar,avx2" in err
    code, _, err = run(capsys, tiny_voice, *argv, "--isa=scalar")
    assert code == 1 and "missing.wav: no such audio file" in err


def test_the_isa_that_spoke_is_said(capsys, monkeypatch, tmp_path, tiny_voice, recording):
    monkeypatch.setenv("TF_WAVENET_ISA", "scalar")
    code, out, err = run(capsys, tiny_voice, f"--input={recording(800)}", f"--output={tmp_path / 'out.wav'}")
    assert code == 0, err
    assert "(native, scalar)" in out


@pytest.mark.parametrize("engine", ["native", "op"])
def test_nonlinearities_reach_the_engine(capsys, monkeypatch, tmp_path, tiny_voice, recording, engine):
    from tf_wavenet import ops

    (owner, name), calls = {"native": (native, "Engine"), "op": (ops, "generate")}[engine], []
    original = getattr(owner, name)
    monkeypatch.setattr(owner, name, lambda *a, **options: calls.append(options) or original(*a, **options))
    argv = (f"--input={recording(800)}", f"--output={tmp_path / 'out.wav'}", f"--engine={engine}")
    code, _, err = run(capsys, tiny_voice, *argv, "--nonlinearities=rational")
    assert code == 0, err
    assert {options["nonlinearities"] for options in calls} == {"rational"}


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty", "text"])
def test_damaged_voices(capsys, tmp_path, tiny_voice, recording, damage):
    content = bytearray(tiny_voice.read_bytes())
    content[len(content) // 2] ^= 4
    contents = {"truncated": content[: len(content) // 2], "flipped": content, "empty": b"", "text": b"no voice"}
    path = tmp_path / "damaged.gguf"
    path.write_bytes(contents[damage])
    code, _, err = run(capsys, path, f"--input={recording(800)}", f"--output={tmp_path / 'out.wav'}")
    assert code == 1
    assert err.startswith(f"tf-wavenet: error: {path}: ")
    assert not (tmp_path / "out.wav").exists()


def test_a_speaker_by_name_as_loud_as_the_recording(capsys, tmp_path, speakers_voice, speakers_config, recording):
    source, output = recording(9000), tmp_path / "out.wav"
    code, _, err = run(capsys, speakers_voice, f"--input={source}", f"--output={output}", "--speaker=carl")
    assert code == 0, err
    waveform = audio.read_wav(source, 16000)
    mel = audio.log_mel(waveform, speakers_config.audio)
    levels = native.generate(speakers_voice, mel, speaker="carl", temperature=0.8).samples[0, :9000]
    wanted = audio.to_audio(levels, speakers_config)
    np.testing.assert_allclose(soundfile.read(output)[0], np.clip(wanted, -1, 1), rtol=0, atol=1e-4)
    code, _, err = run(capsys, speakers_voice, f"--input={source}", f"--output={output}", "--speaker=dora")
    assert code == 1
    assert err == "tf-wavenet: error: speaker is 'dora', which the voice lacks: it has anna, bert, carl\n"


def test_the_loudness_of_the_recording_comes_back(capsys, tmp_path, tiny_config, recording):
    features = dataclasses.replace(tiny_config.audio, loudness_lufs=-30.0)
    config, path = dataclasses.replace(tiny_config, audio=features), tmp_path / "loud.gguf"
    export.export_voice(config, spec.random_tensors(config.model, 0), path, name="loud")
    source, output = recording(9000), tmp_path / "out.wav"
    code, _, err = run(capsys, path, f"--input={source}", f"--output={output}")
    assert code == 0, err
    waveform = audio.read_wav(source, 16000)
    gain = audio.loudness.gain(waveform, features)
    assert gain < 0.5
    levels = native.generate(path, audio.log_mel(waveform * gain, features)).samples[0, :9000]
    wanted = np.clip(audio.decode(levels) / gain, -1, 1)
    np.testing.assert_allclose(soundfile.read(output)[0], wanted, rtol=0, atol=1e-4)


def test_info_tells_of_speakers(capsys, speakers_voice):
    assert cli.main(["info", str(speakers_voice)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "speakers anna, bert, carl" in out and "temperature 0.8" in out and "pre-emphasis 0.9, undone" in out
    assert "loudness" not in out

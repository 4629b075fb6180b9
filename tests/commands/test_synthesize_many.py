"""`tf-wavenet synthesize` of several inputs: each gets what it gets alone, and nothing is spoken before all are fit."""

import os

import numpy as np
import pytest
import soundfile

from tf_wavenet import audio, cli, native, synthesis

SAMPLES = (20001, 80, 8000, 1, 8001)  # The first in several chunks, while the others end.


def run(capsys, tiny_voice, *argv):
    code = cli.main(["synthesize", f"--voice={tiny_voice}", *map(str, argv)])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


@pytest.fixture
def inputs(tmp_path, recording):
    """A folder of recordings of different lengths, and a mel file beside it."""
    folder = tmp_path / "in"
    folder.mkdir()
    for num_samples in SAMPLES:
        recording(num_samples).rename(folder / f"{num_samples}.wav")
    mel = np.random.default_rng(0).normal(size=(113, 12)).astype(np.float32)
    np.save(tmp_path / "mel.npy", mel)
    return folder, tmp_path / "mel.npy"


@pytest.fixture
def calls(monkeypatch):
    """The number of utterances in each call of the engine."""
    rows, generate = [], native.Engine.generate
    monkeypatch.setattr(
        native.Engine, "generate", lambda self, mel, **others: rows.append(len(mel)) or generate(self, mel, **others)
    )
    return rows


def contents(folder):
    return {name: (folder / name).read_bytes() for name in os.listdir(folder)}


@pytest.mark.parametrize("engine", ["native", "op"])
def test_each_file_is_what_it_is_alone(capsys, tmp_path, tiny_voice, inputs, engine):
    alone = tmp_path / "alone"
    alone.mkdir()
    settings = ("--seed=3", "--temperature=0.7")
    for path in (*inputs[0].iterdir(), inputs[1]):
        flag = "mel" if path.suffix == ".npy" else "input"
        code, _, err = run(capsys, tiny_voice, f"--{flag}={path}", f"--output={alone / path.stem}.wav", *settings)
        assert code == 0, err
    expected = contents(alone)
    assert len(expected) == 6 and len(set(expected.values())) == 6
    for batch_size in (1, 2, 5, 6, 32):
        folder = tmp_path / "made" / str(batch_size)
        argv = (*inputs, f"--output_dir={folder}", f"--batch_size={batch_size}", f"--engine={engine}", *settings)
        code, out, err = run(capsys, tiny_voice, *argv)
        assert code == 0, err
        assert contents(folder) == expected
        samples = sum(SAMPLES) + 113 * 80
        assert f"wrote 6 files to {folder}: {samples} samples, {samples / 16000:.2f} s at 16000 Hz\n" in out
        assert f"times real time ({engine}, " in out
        assert "checking: 100%" in err and f"{samples / 16000:.1f}/{samples / 16000:.1f} s of audio" in err


def test_utterances_share_calls(capsys, tmp_path, tiny_voice, inputs, calls):
    code, _, err = run(capsys, tiny_voice, inputs[0], f"--output_dir={tmp_path / 'out'}")
    assert code == 0, err
    assert calls == [5, 2, 1]  # 0.5 s of each, 1/16000 s more of one, the rest of the longest.
    calls.clear()
    code, _, err = run(capsys, tiny_voice, inputs[0], f"--output_dir={tmp_path / 'out'}", "--batch_size=2")
    assert code == 0, err
    assert calls == [2, 2, 1, 2, 1]  # The two longest, the next two, the shortest.


def test_one_input_without_a_flag(capsys, tmp_path, tiny_voice, inputs):
    source = inputs[0] / "8001.wav"
    for out in (f"--output={tmp_path / '8001.wav'}", f"--output_dir={tmp_path}"):
        code, out, err = run(capsys, tiny_voice, source, out)
        assert code == 0, err
        assert out.startswith(f"wrote {tmp_path / '8001.wav'}: 8001 samples, ") and "checking" not in err
        assert soundfile.info(tmp_path / "8001.wav").frames == 8001
    code, _, err = run(capsys, tiny_voice, inputs[1], f"--output={tmp_path / 'mel.wav'}")
    assert code == 0, err
    levels = audio.encode(soundfile.read(tmp_path / "mel.wav")[0])
    np.testing.assert_array_equal(levels, native.generate(tiny_voice, np.load(inputs[1])).samples[0])


def test_what_is_odd_is_said_once(capsys, tmp_path, tiny_voice, inputs, recording):
    source = recording(11025, rate_hz=22050, channels=2)
    code, _, err = run(capsys, tiny_voice, inputs[0], source, f"--output_dir={tmp_path / 'out'}")
    assert code == 0, err
    assert err.count("resampled from") == 1 and err.count("mixed 2 channels") == 1


def bad_inputs(tmp_path):
    soundfile.write(tmp_path / "nan.wav", np.array([0.0, np.nan]), 16000, subtype="FLOAT")
    (tmp_path / "text.wav").write_text("this is no audio")
    np.save(tmp_path / "narrow.npy", np.zeros((3, 11), np.float32))
    (tmp_path / "text.npy").write_text("these are no features")
    (tmp_path / "empty").mkdir()
    return {"nan.wav": "not finite", "text.wav": "not an audio file", "narrow.npy": "the voice expects 12",
            "text.npy": "not a .npy file", "empty": "holds no recording", "none.wav": "no such file"}  # fmt: skip


def test_a_bad_input_is_named_before_anything_is_spoken(capsys, tmp_path, tiny_voice, inputs, calls):
    for name, message in bad_inputs(tmp_path).items():
        code, out, err = run(capsys, tiny_voice, *inputs, tmp_path / name, f"--output_dir={tmp_path / 'out'}")
        assert (code, out) == (1, "")
        assert f"tf-wavenet: error: {tmp_path / name}" in err and message in err
        assert not calls and not (tmp_path / "out").exists()


def test_wrong_outputs_are_refused_before_inputs_are_read(capsys, tmp_path, tiny_voice, inputs, monkeypatch):
    monkeypatch.setattr(audio, "read_wav", None)
    folder, mel = inputs
    before = contents(folder)
    (tmp_path / "80.npy").touch()
    (tmp_path / "file").touch()
    for argv, message in {
        (folder, f"--output_dir={folder}"): "would overwrite an input",
        (folder / "80.wav", f"--output={folder / '80.wav'}"): "80.wav: would overwrite an input",
        (folder, tmp_path / "80.npy", f"--output_dir={tmp_path / 'out'}"): "would both be written there",
        (folder, folder / "80.wav", f"--output_dir={tmp_path / 'out'}"): "80.wav: is given twice",
        (folder, mel, f"--output_dir={tmp_path / 'file'}"): "file is not a folder",
    }.items():
        code, out, err = run(capsys, tiny_voice, *argv)
        assert (code, out) == (1, "") and message in err
    assert contents(folder) == before and not (tmp_path / "out").exists()


def test_what_has_ended_is_kept_if_the_rest_fails(capsys, tmp_path, tiny_voice, inputs, monkeypatch):
    speak_batch = synthesis.speak_batch

    def failing(*arguments, **others):
        chunks = speak_batch(*arguments, **others)
        yield next(chunks)
        raise RuntimeError("the machine is on fire")

    monkeypatch.setattr(synthesis, "speak_batch", failing)
    code, out, err = run(capsys, tiny_voice, inputs[0], f"--output_dir={tmp_path / 'out'}")
    assert (code, out) == (1, "") and "on fire" in err
    assert sorted(os.listdir(tmp_path / "out")) == ["1.wav", "80.wav", "8000.wav"]
    assert soundfile.info(tmp_path / "out" / "8000.wav").frames == 8000


def test_a_folder_that_is_there_keeps_what_it_holds(capsys, tmp_path, tiny_voice, inputs):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "80.wav").write_text("of an earlier run")
    (folder / "other.txt").write_text("of another program")
    code, _, err = run(capsys, tiny_voice, inputs[0], f"--output_dir={folder}")
    assert code == 0, err
    assert soundfile.info(folder / "80.wav").frames == 80
    assert (folder / "other.txt").read_text() == "of another program" and len(os.listdir(folder)) == 6

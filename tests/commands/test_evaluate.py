"""`tf-wavenet evaluate` and `demo` on a tiny voice: what they print and write."""

import json
import math
import os

import numpy as np
import pytest
import soundfile

from tf_wavenet import cli, evaluation, native
from tf_wavenet.commands import demo, evaluate


def run(capsys, *argv):
    code = cli.main([str(argument) for argument in argv])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


def test_evaluate_packaged_sentences(capsys, tmp_path, tiny_voice):
    path = tmp_path / "result.json"
    code, out, err = run(capsys, "evaluate", f"--voice={tiny_voice}", "--limit=2", "--seed=4", f"--json={path}")
    assert code == 0, err
    content = json.loads(path.read_text())
    names = [sentence.name for sentence in evaluation.shipped_sentences()[:2]]
    assert [sentence["name"] for sentence in content["sentences"]] == names
    assert content["seed"] == 4 and content["voice"] == str(tiny_voice)
    lines = out.splitlines()
    assert lines[1].split() == ["sentence", "seconds", "STOI", "bits/sample", "x", "real", "time"]
    assert lines[-3].startswith("mean of 2 ") and f"{content['mean']['stoi']:.3f}" in lines[-3]
    assert lines[-1] == f"mean STOI {content['mean']['stoi']:.3f} over 2 sentences (seed 4, temperature 1)"
    for sentence in content["sentences"]:
        assert 0 <= sentence["stoi"] < 0.6  # Random weights speak noise,
        assert 7 < sentence["bits_per_sample"] < 10  # and guess.
    assert content["mean"]["seconds"] == pytest.approx(sum(sentence["seconds"] for sentence in content["sentences"]))


def test_speech_too_short_to_measure_is_no_number(capsys, tmp_path, tiny_voice, recording):
    recording(1600).rename(tmp_path / "short.wav")
    recording(16000).rename(tmp_path / "long.wav")
    for split in ("train", "test"):
        (tmp_path / f"{split}.txt").write_text("short.wav|\nlong.wav|\n")
    path = tmp_path / "result.json"
    code, out, err = run(capsys, "evaluate", f"--voice={tiny_voice}", f"--data_dir={tmp_path}", f"--json={path}")
    assert code == 0, err
    content = json.loads(path.read_text())
    short, long = content["sentences"]
    assert short["stoi"] is None and content["mean"]["stoi"] == long["stoi"]
    assert [line.split()[2] for line in out.splitlines() if line.startswith("short ")] == ["-"]
    assert out.splitlines()[-1].endswith(" over 1 of 2 sentences (seed 0, temperature 1)")


@pytest.mark.parametrize(
    "flag, message",
    [
        ("--data_dir=nowhere", "nowhere: no such folder"),
        ("--json=nowhere/result.json", "the folder nowhere does not exist"),
        ("--temperature=0", "temperature is 0"),
        ("--voice=nowhere.gguf", "nowhere.gguf: no such voice file"),
    ],
)
def test_bad_values(capsys, tiny_voice, flag, message):
    code, _, err = run(capsys, "evaluate", f"--voice={tiny_voice}", flag)
    assert code == 1 and message in err


def test_mean_weighs_bits_and_speed_by_length():
    results = [
        evaluation.Evaluated("a", 1.0, 2.0, 3.0, {"stoi": 0.5}),
        evaluation.Evaluated("b", 3.0, 1.0, 5.0, {"stoi": math.nan}),
    ]
    mean = evaluation.mean_of(results)
    assert mean == evaluation.Evaluated("mean of 2", 4.0, pytest.approx(4.0 / 3.5), 4.5, {"stoi": 0.5})
    assert math.isnan(evaluation.mean_of(results[1:]).metrics["stoi"])
    assert evaluate.as_json([*results[1:], evaluation.mean_of(results[1:])])["mean"]["stoi"] is None


def test_demo(capsys, tmp_path, tiny_voice):
    folder = tmp_path / "made" / "demo"
    code, out, err = run(capsys, "demo", f"--voice={tiny_voice}", "--sentence=3", f"--output_dir={folder}")
    assert code == 0, err
    sentence = evaluation.shipped_sentences()[2]
    assert sentence.text in out and "times real time" in out and "STOI" in out and "tf-wavenet bench" in out
    original, synthesis = (soundfile.info(folder / f"{name}.wav") for name in ("original", "synthesis"))
    assert (
        (synthesis.frames, synthesis.samplerate)
        == (original.frames, original.samplerate)
        == (soundfile.info(sentence.path).frames, 16000)
    )
    assert (folder / "spectrograms.png").read_bytes().startswith(b"\x89PNG")


def test_last_line_of_what_cannot_be_measured():
    unmeasured = evaluation.Evaluated("a", 0.1, 2.0, 3.0, {"stoi": math.nan})
    line = evaluate.means([unmeasured, evaluation.mean_of([unmeasured])], {"stoi": "STOI"}, -3, 0.75)
    assert line == "mean STOI - over 0 of 1 sentence (seed -3, temperature 0.75)"


def test_demo_refuses_an_isa_before_it_speaks(capsys, monkeypatch, tmp_path, tiny_voice):
    argv = ("demo", f"--voice={tiny_voice}", f"--output_dir={tmp_path / 'demo'}")
    monkeypatch.setenv("TF_WAVENET_ISA", "foo")
    code, out, err = run(capsys, *argv)
    assert (code, out) == (1, "") and err.startswith("tf-wavenet: error: TF_WAVENET_ISA is 'foo', must be ")
    monkeypatch.setattr(native, "available_isas", lambda: ("scalar",))
    code, out, err = run(capsys, *argv, "--isa=avx512")
    assert (code, out) == (1, "")
    assert err == "tf-wavenet: error: isa is 'avx512', which this CPU cannot run; available: scalar\n"
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"isa": "foo"}, "isa is 'foo', must be empty or one of scalar,avx2,avx512,avx512vnni"),
        ({"temperature": -1.0}, "temperature is -1, must be positive and finite"),
    ],
)
def test_what_the_op_refuses_in_a_graph_is_plain_text(tiny_voice, wrong, message):
    with pytest.raises(ValueError) as raised:
        demo.speak(tiny_voice, np.zeros((2, 12), np.float32), wrong)
    assert str(raised.value) == message


def test_demo_of_a_folder_that_is_not_writable(capsys, monkeypatch, tmp_path, tiny_voice):
    (tmp_path / "synthesis.wav").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(demo, "speak", None)
    code, _, err = run(capsys, "demo", f"--voice={tiny_voice}", f"--output_dir={tmp_path}")
    assert (code, err) == (1, f"tf-wavenet: error: {tmp_path / 'synthesis.wav'}: cannot be written\n")


def test_demo_of_a_sentence_that_is_not_there(capsys, tmp_path, tiny_voice):
    code, _, err = run(capsys, "demo", f"--voice={tiny_voice}", "--sentence=0", f"--output_dir={tmp_path / 'demo'}")
    assert code == 1 and "sentence is 0, must be in [1, 12]" in err
    assert not (tmp_path / "demo").exists()

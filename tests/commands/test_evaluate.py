"""`tf-wavenet evaluate` and `demo` on a tiny voice: what they print and write."""

import dataclasses
import json
import os

import numpy as np
import pytest
import soundfile

from tf_wavenet import cli, evaluation, export, native, spec
from tf_wavenet.commands import demo


def run(capsys, *argv):
    code = cli.main([str(argument) for argument in argv])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


@pytest.fixture
def other_voice(tmp_path, tiny_config):
    """Path of a voice that is near to `tiny_voice`."""
    tensors = spec.random_tensors(tiny_config.model, 0)
    tensors["out.weight"] = 1.01 * tensors["out.weight"]
    export.export_voice(tiny_config, tensors, tmp_path / "other.gguf", name="other")
    return tmp_path / "other.gguf"


@pytest.fixture
def recordings(tmp_path, recording):
    """A folder of two recordings, one too short to measure."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    recording(1600).rename(folder / "short.wav")
    recording(16000).rename(folder / "long.wav")
    for split in ("train", "test"):
        (folder / f"{split}.txt").write_text("short.wav|\nlong.wav|\n")
    return folder


def test_evaluate_packaged_sentences(capsys, tmp_path, tiny_voice):
    path = tmp_path / "result.json"
    code, out, err = run(capsys, "evaluate", f"--voice={tiny_voice}", "--limit=2", "--seed=4", f"--json={path}")
    assert code == 0, err
    content = json.loads(path.read_text())
    (voice,) = content["voices"]
    names = [sentence.name for sentence in evaluation.shipped_sentences()[:2]]
    assert [sentence["name"] for sentence in voice["sentences"]] == names
    assert (content["seed"], content["reference"], voice["difference_to_reference"]) == (4, None, None)
    assert (voice["voice"], voice["precision"]) == (str(tiny_voice), "f32")
    mean, lines = voice["mean"], out.splitlines()
    assert lines[0] == f"voice {tiny_voice} (checksum {voice['checksum']})"
    assert lines[1].split() == ["sentence", "seconds", "STOI", "PESQ", "bits/sample", "x", "real", "time"]
    assert lines[6].split()[:6] == f"mean of 2 {mean['seconds']:.2f} {mean['stoi']:.3f} {mean['pesq']:.3f}".split()
    assert lines[-1] == (
        f"mean STOI {mean['stoi']:.3f} over 2 sentences, mean PESQ {mean['pesq']:.3f} over 2 sentences "
        "(seed 4, temperature 1)"
    )
    assert "KL" not in out
    for sentence in voice["sentences"]:
        assert 0 <= sentence["stoi"] < 0.6 and 1 <= sentence["pesq"] < 2  # Random weights speak noise,
        assert 7 < sentence["bits_per_sample"] < 10  # and guess.
        assert sentence["kl_mean_nats"] is None
    assert mean["seconds"] == pytest.approx(sum(sentence["seconds"] for sentence in voice["sentences"]))


def test_voices_side_by_side(capsys, tmp_path, tiny_voice, other_voice, recordings):
    path = tmp_path / "result.json"
    argv = ["evaluate", tiny_voice, other_voice, f"--data={recordings}", f"--json={path}", "--seed=5"]
    code, out, err = run(capsys, *argv)
    assert code == 0, err
    content = json.loads(path.read_text())
    assert content["reference"] == str(tiny_voice)
    first, second = content["voices"]
    assert (first["mean"]["kl_max_nats"], first["mean"]["equal_draws"], first["difference_to_reference"]) == (
        0,
        1,
        None,
    )
    assert 0 < second["mean"]["kl_mean_nats"] < second["mean"]["kl_max_nats"] < 0.1
    assert 0.5 < second["mean"]["equal_draws"] < 1
    difference = second["difference_to_reference"]
    for key in ("bits_per_sample", "stoi", "pesq"):
        assert difference[key] == pytest.approx(second["mean"][key] - first["mean"][key])
    head, _, *rows = [line.split() for line in out.splitlines()[:4]]
    assert head == "voice precision bits/sample d KL mean KL max equal draws STOI d PESQ d x real time".split()
    assert rows[0][:7] == [
        "tiny.gguf",
        "f32",
        f"{first['mean']['bits_per_sample']:.4f}",
        "-",
        "0.00e+00",
        "0.00e+00",
        "100.00%",
    ]
    mean = second["mean"]
    assert rows[1][:11] == [
        "other.gguf",
        "f32",
        f"{mean['bits_per_sample']:.4f}",
        f"{difference['bits_per_sample']:+.4f}",
        f"{mean['kl_mean_nats']:.2e}",
        f"{mean['kl_max_nats']:.2e}",
        f"{mean['equal_draws']:.2%}",
        f"{mean['stoi']:.3f}",
        f"{difference['stoi']:+.3f}",
        f"{mean['pesq']:.3f}",
        f"{difference['pesq']:+.3f}",
    ]
    assert "reference tiny.gguf;" in out and "(seed 5)" in out
    assert out.splitlines()[-1].startswith(f"other.gguf: mean STOI {mean['stoi']:.3f} over 1 of 2 sentences, mean PESQ")
    assert "sentence  " not in out
    code, with_sentences, _ = run(capsys, *argv, "--sentences")
    assert code == 0 and with_sentences.count("sentence  ") == 2 and with_sentences.count("KL max") == 3


def test_a_reference_beside_the_voices_is_evaluated_too(capsys, tmp_path, tiny_voice, other_voice, recordings):
    path = tmp_path / "result.json"
    argv = ["evaluate", other_voice, f"--reference={tiny_voice}", f"--data={recordings}", f"--json={path}"]
    code, out, err = run(capsys, *argv, "--metrics=stoi", "--nonlinearities=rational")
    assert code == 0, err
    content = json.loads(path.read_text())
    assert [voice["voice"] for voice in content["voices"]] == [str(tiny_voice), str(other_voice)]
    assert [voice["nonlinearities"] for voice in content["voices"]] == ["", "rational"]
    assert content["reference"] == str(tiny_voice) and content["voices"][1]["mean"]["kl_mean_nats"] > 0
    assert "pesq" not in content["voices"][0]["mean"] and "PESQ" not in out


def test_speech_too_short_to_measure_is_no_number(capsys, tmp_path, tiny_voice, recordings):
    path = tmp_path / "result.json"
    code, out, err = run(capsys, "evaluate", f"--voice={tiny_voice}", f"--data_dir={recordings}", f"--json={path}")
    assert code == 0, err
    (voice,) = json.loads(path.read_text())["voices"]
    short, long = voice["sentences"]
    assert short["stoi"] is None and short["pesq"] is None and voice["mean"]["stoi"] == long["stoi"]
    assert [line.split()[2:4] for line in out.splitlines() if line.startswith("short ")] == [["-", "-"]]
    assert out.splitlines()[-1].endswith(" over 1 of 2 sentences (seed 0, temperature 1)")


def test_a_reference_that_does_not_fit(capsys, tmp_path, tiny_config, tiny_voice):
    config = dataclasses.replace(tiny_config, model=dataclasses.replace(tiny_config.model, skip_channels=9))
    path = tmp_path / "wider.gguf"
    export.export_voice(config, spec.random_tensors(config.model, 0), path, name="wider")
    code, _, err = run(capsys, "evaluate", path, f"--reference={tiny_voice}")
    assert code == 1
    assert f"{path} does not fit the reference {tiny_voice}: model.skip_channels is 9, must be 8" in err


def test_help_says_that_voices_may_be_many(capsys):
    code, out, _ = run(capsys, "evaluate", "--help")
    assert code == 0 and out.startswith("usage: tf-wavenet evaluate [VOICE ...] [--flag=value ...]\n")


@pytest.mark.parametrize(
    "argv, message",
    [
        (["a.gguf", "--voice=b.gguf"], "evaluate: give 'a.gguf' or --voice, not both"),
        (["a.gguf", "b.gguf", "a.gguf"], "evaluate: 'a.gguf' is given twice"),
        (["--metrics=stoi,mos"], "evaluate: no metric is called 'mos'; there are stoi, pesq"),
        (["--metrics="], "evaluate: no metric is called ''; there are stoi, pesq"),
        (["--nonlinearities=cubic"], "flag --nonlinearities=cubic: value should be one of"),
    ],
)
def test_wrong_command_lines(capsys, argv, message):
    code, out, err = run(capsys, "evaluate", *argv)
    assert (code, out) == (2, "") and message in err


@pytest.mark.parametrize(
    "flag, message",
    [
        ("--data_dir=nowhere", "nowhere: no such folder"),
        ("--json=nowhere/result.json", "the folder nowhere does not exist"),
        ("--temperature=0", "temperature is 0"),
        ("--data=nowhere", "nowhere: no such folder"),
        ("--voice=nowhere.gguf", "nowhere.gguf: no such voice file"),
        ("--reference=nowhere.gguf", "nowhere.gguf: no such voice file"),
    ],
)
def test_bad_values(capsys, tiny_voice, flag, message):
    code, _, err = run(capsys, "evaluate", f"--voice={tiny_voice}", flag)
    assert code == 1 and message in err


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
        ({"temperature": -1.0}, "temperature[0] is -1, must be positive and finite"),
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

"""`tf-wavenet evaluate` and `demo` on a tiny voice: what they print and write."""

import dataclasses
import json
import os
import re

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


QUICK = ("--metrics=stoi,pesq", "--baselines=")


def evaluated(capsys, tmp_path, *argv):
    """Runs the command; returns what it printed and its JSON."""
    path = tmp_path / "result.json"
    code, out, err = run(capsys, "evaluate", *argv, f"--json={path}")
    assert code == 0, err
    return out, json.loads(path.read_text())


@pytest.fixture
def speech(tmp_path):
    """A folder of two pieces of speech, 1.2 s each."""
    folder = tmp_path / "speech"
    folder.mkdir()
    for sentence in evaluation.shipped_sentences()[:2]:
        waveform, rate_hz = soundfile.read(sentence.path)
        soundfile.write(folder / f"{sentence.name}.wav", waveform[rate_hz // 2 :][: 6 * rate_hz // 5], rate_hz)
    for split in ("train", "test"):
        (folder / f"{split}.txt").write_text("".join(f"{path.name}|\n" for path in sorted(folder.glob("*.wav"))))
    return folder


def test_packaged_sentences(capsys, tmp_path, tiny_voice):
    _, content = evaluated(capsys, tmp_path, f"--voice={tiny_voice}", "--limit=2", *QUICK)
    names = [sentence.name for sentence in evaluation.shipped_sentences()[:2]]
    assert [sentence["name"] for sentence in content["systems"][0]["sentences"]] == names


def test_a_voice_beside_all_that_it_can_stand_beside(capsys, tmp_path, tiny_voice, speech):
    argv = [f"--voice={tiny_voice}", f"--data={speech}", "--seed=4", "--schedules=single"]
    out, content = evaluated(capsys, tmp_path, *argv)
    systems = content["systems"]
    assert [system["name"] for system in systems] == [
        "mu-law codec", "Griffin-Lim", "WORLD", "tiny.gguf", "tiny.gguf, single"
    ]  # fmt: skip
    codec, griffin_lim, world, voice, single = systems
    assert (content["seed"], content["reference"], voice["difference_to_reference"]) == (4, None, None)
    assert (voice["voice"], voice["precision"]) == (str(tiny_voice), "f32")
    assert single["equal"] and single["metrics"] == voice["metrics"]
    mean = lambda system: {key: metric["mean"] for key, metric in system["metrics"].items()}
    assert set(mean(voice)) == {"stoi", "pesq", "mcd", "lsd", "f0", "voicing"}
    assert 0 <= mean(voice)["stoi"] < 0.6 and 1 <= mean(voice)["pesq"] < 2  # Random weights speak noise,
    assert 7 < voice["likelihood"]["bits_per_sample"] < 10  # and guess.
    assert mean(codec)["stoi"] > 0.95 and mean(codec)["pesq"] > 2.5 and mean(codec)["f0"] < 30
    for vocoder in (griffin_lim, world):
        assert mean(vocoder)["stoi"] > 0.7
        assert mean(vocoder)["mcd"] < mean(voice)["mcd"] and mean(vocoder)["lsd"] < mean(voice)["lsd"]
    head, rule, *rows = out.splitlines()[:7]
    assert re.split(r"\s{2,}", head) == [
        "system", "STOI", "PESQ", "MCD dB", "LSD dB", "F0 cents", "voicing %", "x real time", "equal"
    ]  # fmt: skip
    stoi = codec["metrics"]["stoi"]
    assert rows[0].startswith("mu-law codec ") and f" {stoi['mean']:.3f} ± {stoi['half_width']:.3f} " in rows[0]
    assert rows[4].endswith(" yes") and "difference" not in out
    assert "voices speak freely with seed 4, temperature 1\n" in out


def test_voices_side_by_side(capsys, tmp_path, tiny_voice, other_voice, recordings):
    argv = [tiny_voice, other_voice, f"--data={recordings}", "--seed=5", "--takes=2", *QUICK]
    out, content = evaluated(capsys, tmp_path, *argv, "--markdown", "--temperature=0.5")
    assert (content["reference"], content["temperature"]) == ("tiny.gguf", 0.5)
    first, second = content["systems"]
    assert (first["likelihood"]["kl_max_nats"], first["likelihood"]["equal_draws"]) == (0, 1)
    assert first["difference_to_reference"] is None
    assert 0 < second["likelihood"]["kl_mean_nats"] < second["likelihood"]["kl_max_nats"] < 0.1
    assert 0.5 < second["likelihood"]["equal_draws"] < 1
    stoi = second["metrics"]["stoi"]["mean"] - first["metrics"]["stoi"]["mean"]
    assert second["difference_to_reference"]["stoi"]["mean"] == pytest.approx(stoi)
    lines = out.splitlines()
    assert lines[0].startswith("| system ") and lines[1].startswith("|---")
    assert [line.split("|")[1].strip() for line in lines if line.startswith("| ")] == [
        "system", "tiny.gguf", "other.gguf", "difference", "other.gguf", "voice", "tiny.gguf", "other.gguf"
    ]  # fmt: skip
    assert (
        "reference tiny.gguf;" in out
        and "seeds 5 to 6, each sentence's measures the means of 2 takes, temperature 0.5" in out
        and "sentence  " not in out
    )
    _, with_sentences, _ = run(capsys, "evaluate", *argv, "--sentences")
    assert with_sentences.count("sentence  ") == 2 and with_sentences.count("KL max") == 3


def test_a_reference_beside_the_voices_is_evaluated_too(capsys, tmp_path, tiny_voice, other_voice, recordings):
    argv = [other_voice, f"--reference={tiny_voice}", f"--data={recordings}", "--metrics=stoi", "--baselines=codec"]
    out, content = evaluated(capsys, tmp_path, *argv, "--nonlinearities=rational")
    codec, reference, voice = content["systems"]
    assert (codec["kind"], reference["voice"], voice["voice"]) == ("codec", str(tiny_voice), str(other_voice))
    assert (reference["nonlinearities"], voice["nonlinearities"]) == ("", "rational")
    assert content["reference"] == "tiny.gguf" and voice["likelihood"]["kl_mean_nats"] > 0
    assert set(voice["metrics"]) == {"stoi"} and "PESQ" not in out


def test_speech_too_short_to_measure_is_no_number(capsys, tmp_path, tiny_voice, recordings):
    out, content = evaluated(
        capsys, tmp_path, f"--voice={tiny_voice}", f"--data_dir={recordings}", "--sentences", *QUICK
    )
    (voice,) = content["systems"]
    short, long = voice["sentences"]
    assert short["stoi"] is None and short["pesq"] is None and voice["metrics"]["stoi"]["mean"] == long["stoi"]
    assert [line.split()[2:4] for line in out.splitlines() if line.startswith("short ")] == [["-", "-"]]
    assert "tiny.gguf: STOI has a value for 1 of 2\n" in out


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
        (["--metrics=stoi,mos"], "evaluate: no metric is called 'mos'; there are stoi, pesq, mcd, lsd, f0, voicing"),
        (["--metrics="], "evaluate: no metric is given; there are stoi, pesq"),
        (["--baselines=straight"], "evaluate: no baseline is called 'straight'; there are codec, griffin-lim, world"),
        (["--schedules=best"], "evaluate: no schedule is called 'best'; there are single, split, overlay, trail"),
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

"""`tf-wavenet bench`: prints a table, writes the same as JSON, refuses what it cannot do before it starts."""

import dataclasses
import json
import subprocess
import sys

import pytest

from tf_wavenet import cli, native
from tf_wavenet.config import PRESETS

ISAS = native.available_isas()
QUICK = ["--seconds=0.05", "--repeats=1"]


@pytest.fixture
def tiny_presets(monkeypatch, tiny_config):
    """The smallest of the presets is small enough for a test."""
    monkeypatch.setitem(PRESETS, "small", dataclasses.replace(tiny_config.model, conditioning_channels=80))


def test_table_and_json(capsys, tmp_path, tiny_voice):
    target = tmp_path / "bench.json"
    argv = [
        "bench",
        f"--voice={tiny_voice}",
        "--rungs=cached,fused",
        "--seconds=0.05",
        "--repeats=1",
        f"--json={target}",
    ]
    assert cli.main(argv) == 0
    printed = capsys.readouterr().out
    assert "| cached" in printed and "| fused" in printed and "floor:" in printed
    measured = json.loads(target.read_text())
    assert [rung["name"] for rung in measured["rungs"]] == ["cached", "fused"]
    assert measured["rungs"][1]["agreement"]["equal_draws"] >= 0.99
    assert measured["machine"]["cores"] >= 1


def test_ladder_of_a_random_integer_voice(capsys, tmp_path, tiny_presets):
    target = tmp_path / "bench.json"
    argv = ["bench", "--preset=small", "--precision=int8", "--rungs=integers,fused", *QUICK, f"--json={target}"]
    assert cli.main(argv) == 0
    assert "small int8: layers 4" in capsys.readouterr().out
    measured = json.loads(target.read_text())
    assert measured["precision"] == "int8"
    assert measured["rungs"][1]["agreement"]["max_logits_difference"] == 0


def test_floor(capsys, tmp_path, tiny_presets):
    target = tmp_path / "floor.json"
    isas = ISAS[-2:]
    argv = ["bench", "--floor", "--presets=small", "--precisions=f32,int8", f"--isas={','.join(isas)}", *QUICK]
    assert cli.main([*argv, f"--json={target}"]) == 0
    printed = capsys.readouterr().out
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in printed.splitlines() if line[:1] == "|"]
    assert rows[0] == [
        *("model", "precision", "ISA", "us/sample", "spread", "x real time", "GB/s", "floor us", "floor GB/s"),
        *("% of floor", "G madd/s", "best G madd/s", "% of best", "bound by"),
    ]
    assert [row[:3] for row in rows[2:]] == [["small", p, isa] for p in ("f32", "int8") for isa in reversed(isas)]
    assert "small int8: 69,056 multiply-adds" in printed and "equals IntegerReference in" in printed
    measured = json.loads(target.read_text())
    assert [voice["precision"] for voice in measured["voices"]] == ["f32", "int8"]
    assert measured["machine"]["cores"] >= 1


def test_floor_of_a_voice_on_every_isa_without_tensorflow(tiny_voice):
    code = (
        "import sys; from tf_wavenet import cli; "
        f"code = cli.main(['bench', '--floor', '--voice={tiny_voice}', *{QUICK}]); "
        "sys.exit(code or 'tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    rows = [line for line in run.stdout.splitlines() if line.startswith("| tiny")]
    assert len(rows) == len(ISAS)


@pytest.mark.parametrize(
    "argv, code, message",
    [
        (["--rungs=quick"], 2, "no rung is called quick"),
        (["--preset=large", "--voice=x.gguf"], 2, "either --voice or --preset"),
        (["--voice=none.gguf"], 1, "none.gguf: no such voice file"),
        (["--repeats=0"], 2, "--repeats=0"),
        (["--json=none/x.json", "--preset=small"], 1, "folder none does not exist"),
        (["--precision=int8"], 2, "--precision goes with --preset"),
        (["--precision=int4", "--preset=small"], 2, "--precision=int4"),
        (["--isas=avx2"], 2, "--isas goes with --floor"),
        (["--floor", "--rungs=fused"], 2, "--rungs goes without --floor"),
        (["--floor", "--preset=small"], 2, "--preset goes without --floor"),
        (["--floor", "--presets=huge"], 2, "no preset is called huge; there are small, medium, large"),
        (["--floor", "--precisions=int8,int4"], 2, "no precision is called int4; there are f32, int16, int8"),
        (["--floor", "--isas=neon"], 2, "no isa is called neon; there are scalar, avx2"),
        (["--floor", "--presets=small", "--voice=x.gguf"], 2, "either --voice or --presets"),
        (["--floor", "--voice=none.gguf"], 1, "none.gguf: no such voice file"),
        (["--floor", "--seconds=0"], 1, "seconds is 0"),
        (["--floor", "--nonlinearities=libm", "--presets=small"], 1, "'libm', must be one of rational, fixed"),
    ],
)
def test_refusals(capsys, argv, code, message):
    assert cli.main(["bench", *argv]) == code
    assert message in capsys.readouterr().err


def test_an_isa_that_this_cpu_lacks(capsys, monkeypatch):
    monkeypatch.setattr(native, "available_isas", lambda: ("scalar",))
    assert cli.main(["bench", "--floor", "--isas=scalar,avx512vnni"]) == 1
    assert "'avx512vnni', which this CPU cannot run; available: scalar" in capsys.readouterr().err


def test_help_tells_both_modes(capsys):
    assert cli.main(["bench", "--help"]) == 0
    printed = capsys.readouterr().out
    assert "--[no]floor" in printed and "some of f32, int16, int8; empty = all." in printed

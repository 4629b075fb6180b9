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


def rows_of(printed):
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in printed.splitlines() if line[:1] == "|"]


def test_batches(capsys, tmp_path, tiny_presets):
    target = tmp_path / "bench.json"
    argv = ["bench", "--model=small", "--precisions=int8", "--batches=1,3", "--num_threads=2", "--rate=8000", *QUICK]
    assert cli.main([*argv, f"--json={target}"]) == 0
    rows = rows_of(capsys.readouterr().out)
    assert rows[0] == [
        *(
            "model",
            "precision",
            "Hz",
            "ISA",
            "utterances",
            "schedule",
            "teams x threads x lanes",
            "us/sample",
            "spread",
        ),
        *("x real time", "floor us", "% of floor", "best G madd/s", "% of best", "handover ns"),
    ]
    assert [row[:6] for row in rows[2:]] == [
        ["small", "int8", "8000", native.best_isa(), "1", "single"],
        ["small", "int8", "8000", native.best_isa(), "3", rows[3][5]],
    ]
    measured = json.loads(target.read_text())
    assert [row["batch"] for row in measured["voices"][0]["rows"]] == [1, 3]
    assert measured["machine"]["cores"] >= 1 and "handover_ns" in measured["machine"]


def test_ladder(capsys, tmp_path, tiny_presets):
    target, chart = tmp_path / "ladder.json", tmp_path / "ladder.png"
    argv = ["bench", "--ladder", "--model=small", "--rungs=cached,own kernels,int8,batch of 4", *QUICK]
    assert cli.main([*argv, f"--json={target}", f"--chart={chart}"]) == 0
    printed = capsys.readouterr().out
    assert "small: layers 4" in printed and "100-200 x slower" in printed
    assert [row[0] for row in rows_of(printed)[2:]] == ["cached", "own kernels", "int8", "batch of 4"]
    measured = json.loads(target.read_text())
    assert measured["rungs"][2]["agreement"]["max_logits_difference"] == 0
    assert chart.stat().st_size > 5000


def test_ladder_of_a_voice_has_the_rungs_of_its_precision(capsys, tiny_voice):
    assert cli.main(["bench", "--ladder", f"--model={tiny_voice}", "--rungs=own kernels,int8", *QUICK]) == 0
    rows = rows_of(capsys.readouterr().out)
    assert "not run: the model is no int8 voice" in rows[3]


def test_floor(capsys, tmp_path, tiny_presets):
    target = tmp_path / "floor.json"
    isas = ISAS[-2:]
    argv = ["bench", "--floor", "--model=small", "--precisions=f32,int8", f"--isas={','.join(isas)}", *QUICK]
    assert cli.main([*argv, f"--json={target}"]) == 0
    printed = capsys.readouterr().out
    rows = rows_of(printed)
    assert rows[0] == [
        *("model", "precision", "ISA", "us/sample", "spread", "x real time", "GB/s", "floor us", "floor GB/s"),
        *("% of floor", "G madd/s", "best G madd/s", "% of best", "bound by"),
    ]
    assert [row[:3] for row in rows[2:]] == [["small", p, isa] for p in ("f32", "int8") for isa in reversed(isas)]
    assert "small int8: 69,056 multiply-adds" in printed and "equals IntegerReference in" in printed
    measured = json.loads(target.read_text())
    assert [voice["precision"] for voice in measured["voices"]] == ["f32", "int8"]
    assert measured["machine"]["cores"] >= 1


@pytest.mark.parametrize("mode, rows", [("--floor", len(ISAS)), ("--batches=1", 1)])
def test_a_voice_without_tensorflow(tiny_voice, mode, rows):
    code = (
        "import sys; from tf_wavenet import cli; "
        f"code = cli.main(['bench', '{mode}', '--model={tiny_voice}', *{QUICK}]); "
        "sys.exit(code or 'tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert len([line for line in run.stdout.splitlines() if line.startswith("| tiny")]) == rows


@pytest.mark.parametrize(
    "argv, code, message",
    [
        (["--floor", "--ladder"], 2, "either --floor or --ladder"),
        (["--ladder", "--rungs=quick"], 2, "no rung is called quick; there are naive, cached"),
        (["--model=huge"], 2, "no size is called huge; there are small, medium, large, or voice files"),
        (["--model=none.gguf"], 1, "none.gguf: no such voice file"),
        (["--ladder", "--model=small,large"], 2, "--ladder takes one model"),
        (["--repeats=0"], 2, "--repeats=0"),
        (["--json=none/x.json"], 1, "folder none does not exist"),
        (["--ladder", "--chart=none/x.png"], 1, "folder none does not exist"),
        (["--precisions=int8,int4"], 2, "no precision is called int4; there are f32, int16, int8"),
        (["--precisions=f32"], 1, "is an int16 voice, must be one of f32"),
        (["--isas=avx2"], 2, "--isas goes with --floor"),
        (["--rungs=naive"], 2, "--rungs goes with --ladder"),
        (["--floor", "--batches=2"], 2, "--batches goes with neither"),
        (["--ladder", "--precisions=int8"], 2, "--precisions goes with neither or --floor"),
        (["--batches=two"], 2, "--batches=two must be numbers"),
        (["--batches=0"], 2, "--batches=0 must be in 1..256"),
        (["--rate=10"], 2, "--rate=10"),
        (["--schedule=both"], 2, "--schedule=both"),
        (["--floor", "--isas=neon"], 2, "no isa is called neon; there are scalar, avx2"),
        (["--floor", "--seconds=0"], 1, "seconds is 0"),
        (["--floor", "--nonlinearities=libm", "--model=small"], 1, "'libm', must be one of rational, fixed"),
    ],
)
def test_refusals(capsys, argv, code, message):
    assert cli.main(["bench", *argv]) == code
    assert message in capsys.readouterr().err


def test_an_isa_that_this_cpu_lacks(capsys, monkeypatch):
    monkeypatch.setattr(native, "available_isas", lambda: ("scalar",))
    assert cli.main(["bench", "--floor", "--isas=scalar,avx512vnni"]) == 1
    assert "'avx512vnni', which this CPU cannot run; available: scalar" in capsys.readouterr().err


def test_help_tells_all_modes(capsys):
    assert cli.main(["bench", "--help"]) == 0
    printed = capsys.readouterr().out
    assert all(flag in printed for flag in ("--[no]floor", "--[no]ladder", "--batches", "--chart"))

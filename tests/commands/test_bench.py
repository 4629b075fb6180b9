"""`tf-wavenet bench`: prints a table, writes the same as JSON, refuses what it cannot do before it starts."""

import json

import pytest

from tf_wavenet import cli


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


@pytest.mark.parametrize(
    "argv, code, message",
    [
        (["--rungs=quick"], 2, "no rung is called quick"),
        (["--preset=large", "--voice=x.gguf"], 2, "either --voice or --preset"),
        (["--voice=none.gguf"], 1, "none.gguf: no such voice file"),
        (["--repeats=0"], 2, "--repeats=0"),
        (["--json=none/x.json", "--preset=small"], 1, "folder none does not exist"),
    ],
)
def test_refusals(capsys, argv, code, message):
    assert cli.main(["bench", *argv]) == code
    assert message in capsys.readouterr().err

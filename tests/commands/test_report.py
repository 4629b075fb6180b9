"""`tf-wavenet report` on a tiny voice."""

import re

import pytest

from tf_wavenet import cli, evaluation


def run(capsys, *argv):
    code = cli.main([str(argument) for argument in argv])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


def test_writes_a_page(capsys, tmp_path, tiny_voice):
    folder = tmp_path / "new" / "page"
    code, out, err = run(capsys, "report", tiny_voice, f"--output={folder}", "--limit=1", "--sentences=1", "--seed=7")
    assert code == 0, err
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert out.startswith(f"wrote {folder / 'index.html'}: 1 sentences, 4 systems")
    assert evaluation.shipped_sentences()[0].text in page
    assert len(re.findall("<audio ", page)) == 4
    assert f"tf-wavenet evaluate {tiny_voice} --limit=1 --seed=7" in page
    assert [path.name for path in folder.iterdir()] == ["index.html"]


@pytest.mark.parametrize(
    "arguments, code, message",
    [
        ([], 2, "--output is missing"),
        (["--output=page", "--sentences=0"], 2, "sentences"),
        (["--output=page", "missing.gguf"], 1, "missing.gguf: no such voice file"),
        (["--output=page", "a.gguf", "a.gguf"], 2, "'a.gguf' is given twice"),
        (["--output=page", "--ladder=missing.json"], 1, "bench --ladder --json=missing.json"),
        (["--output=page", "--temperature=0"], 1, "temperature is 0"),
    ],
)
def test_says_what_is_wrong_before_it_speaks(capsys, tmp_path, monkeypatch, arguments, code, message):
    monkeypatch.chdir(tmp_path)
    found, _, err = run(capsys, "report", *arguments)
    assert (found, message in err) == (code, True), err
    assert not (tmp_path / "page").exists()

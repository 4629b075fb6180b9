import os
import pathlib
import subprocess
import sys
import wave

_SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "tools" / "make_corpus.py"
_NUMBERS = "one two three four five six".split()
_PROSE = " ".join(f"The {a} of us saw {b} ships." for a in _NUMBERS for b in _NUMBERS)


def _run(*arguments, path=os.environ["PATH"]):
    return subprocess.run(
        [sys.executable, _SCRIPT, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path},
    )


def test_command_names_the_packages_that_are_missing(tmp_path):
    missing_text = _run(f"--output_dir={tmp_path / 'corpus'}", f"--austen_dir={tmp_path}")
    assert missing_text.returncode == 1
    assert "apt-get install --no-install-recommends r-cran-janeaustenr" in missing_text.stderr
    (tmp_path / "text.txt").write_text(_PROSE)
    missing_flite = _run(
        f"--output_dir={tmp_path / 'corpus'}", f"--text_file={tmp_path / 'text.txt'}", path=str(tmp_path)
    )
    assert missing_flite.returncode == 1
    assert "apt-get install flite" in missing_flite.stderr
    assert "Traceback" not in missing_text.stderr + missing_flite.stderr


def test_command_with_a_fake_flite(tmp_path):
    with wave.open(str(tmp_path / "speech"), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(bytes(4 * 32000))
    program = tmp_path / "flite"
    program.write_text(f'#!/bin/sh\n[ "$1" = -lv ] && echo "Voices available: slt" || cp "{tmp_path}/speech" "$6"\n')
    program.chmod(0o755)
    (tmp_path / "text.txt").write_text(_PROSE)
    done = _run(
        f"--output_dir={tmp_path / 'corpus'}",
        f"--text_file={tmp_path / 'text.txt'}",
        "--minutes=1",
        "--test_sentences=2",
        "--validation_sentences=3",
        path=f"{tmp_path}:{os.environ['PATH']}",
    )
    assert done.returncode == 0, done.stderr
    num_lines = {
        split: len((tmp_path / "corpus" / f"{split}.txt").read_text().splitlines())
        for split in ("train", "validation", "test")
    }
    assert num_lines == {"train": 10, "validation": 3, "test": 2}
    assert "train          10 sentences" in done.stdout

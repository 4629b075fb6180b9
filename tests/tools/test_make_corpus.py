import os
import pathlib
import subprocess
import sys
import wave

import pytest

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


@pytest.mark.parametrize("speakers", ["slt", "slt,rms"])
def test_command_with_a_fake_flite(tmp_path, speakers):
    with wave.open(str(tmp_path / "speech"), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(bytes(4 * 32000))
    program = tmp_path / "flite"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = -lv ] && echo "Voices available: slt rms" || cp "{tmp_path}/speech" "$6"\n'
    )
    program.chmod(0o755)
    (tmp_path / "text.txt").write_text(_PROSE)
    num_speakers = len(speakers.split(","))
    done = _run(
        f"--output_dir={tmp_path / 'corpus'}",
        f"--text_file={tmp_path / 'text.txt'}",
        f"--speakers={speakers}",
        f"--minutes={num_speakers}",
        "--test_sentences=2",
        "--validation_sentences=3",
        path=f"{tmp_path}:{os.environ['PATH']}",
    )
    assert done.returncode == 0, done.stderr
    num_lines = {
        split: len((tmp_path / "corpus" / f"{split}.txt").read_text().splitlines())
        for split in ("train", "validation", "test")
    }
    assert num_lines == {"train": 10 * num_speakers, "validation": 3 * num_speakers, "test": 2 * num_speakers}
    assert f"train          {10 * num_speakers} sentences" in done.stdout


def test_unknown_speaker_is_named(tmp_path):
    (tmp_path / "text.txt").write_text(_PROSE)
    program = tmp_path / "flite"
    program.write_text('#!/bin/sh\necho "Voices available: slt rms"\n')
    program.chmod(0o755)
    done = _run(
        f"--output_dir={tmp_path / 'corpus'}",
        f"--text_file={tmp_path / 'text.txt'}",
        "--speakers=slt,nobody",
        path=f"{tmp_path}:{os.environ['PATH']}",
    )
    assert done.returncode == 1
    assert "make_corpus: speaker 'nobody': voice is nobody, unknown has slt rms" in done.stderr
    assert not (tmp_path / "corpus").exists()

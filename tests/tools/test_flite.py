import os
import shutil
import wave

import pytest

import flite
import speech_wav

_FAKE = """#!/bin/sh
case "$1" in
  --version) echo "  version: flite-9.9-fake Jan 2000 (http://example.org)"; exit 0;;
  -lv) echo "Voices available: good broken "; exit 0;;
esac
echo "$@" > "{log}"
[ "$2" = broken ] || cp "{speech}" "$6"
"""


def _write_wav(path):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(bytes(16000))
    return str(path)


@pytest.fixture
def program(tmp_path):
    """A stand-in for flite, whose voice `good` says the same half second and whose voice `broken` says nothing."""
    script = tmp_path / "fake_flite"
    speech = _write_wav(tmp_path / "speech")
    script.write_text(_FAKE.format(log=tmp_path / "log", speech=speech))
    script.chmod(0o755)
    return str(script)


def test_speaks(program, tmp_path):
    speaker = flite.Flite("good", program)
    path = str(tmp_path / "out.wav")
    assert speaker.version == "flite-9.9-fake"
    assert speaker.speak("Nothing is said; it's fake.", path) == 0.5
    assert speech_wav.speech_seconds(path) == 0.5
    assert (tmp_path / "log").read_text() == f"-voice good -t Nothing is said; it's fake. -o {path}.tmp\n"
    assert not os.path.exists(path + ".tmp")


def test_silent_failure_is_an_error_and_leaves_no_file(program, tmp_path):
    with pytest.raises(speech_wav.SpeechError, match="did not speak 'Hello.'"):
        flite.Flite("broken", program).speak("Hello.", str(tmp_path / "out.wav"))
    assert not (tmp_path / "out.wav").exists()


def test_unknown_voice_names_the_known(program):
    with pytest.raises(speech_wav.SpeechError, match="voice is other, flite-9.9-fake has good broken"):
        flite.Flite("other", program)


def test_missing_program_says_what_to_install(tmp_path):
    with pytest.raises(speech_wav.SpeechError, match="apt-get install flite"):
        flite.Flite("slt", str(tmp_path / "nowhere"))


@pytest.mark.parametrize("voice", ["slt", "rms", "awb"])
def test_installed_flite_says_the_same_twice(tmp_path, voice):
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed")
    speaker = flite.Flite(voice)
    spoken = []
    for name in ("a.wav", "b.wav"):
        assert 1.0 < speaker.speak("The quick brown fox jumps over the lazy dog.", str(tmp_path / name)) < 5.0
        spoken.append((tmp_path / name).read_bytes())
    assert spoken[0] == spoken[1]

import os
import shutil
import wave

import numpy as np
import pytest
import soundfile

import espeak
import speech_wav

_FAKE = """#!/bin/sh
[ "$1" = --version ] && echo "eSpeak NG text-to-speech: 9.9  Data at: /nowhere" && exit 0
case "$2" in
  nosuch) echo "Error: no such voice." >&2; exit 1;;
esac
[ "$3" = -w ] || exit 0
echo "$@" > "{log}"
case "$2" in
  silent) exit 0;;
  failing) cp "{speech}" "$4"; echo "Out of breath." >&2; exit 3;;
  *) cp "{speech}" "$4";;
esac
"""


@pytest.fixture
def program(tmp_path):
    """A stand-in for espeak-ng that says the same half second at 22,050 Hz, or fails as its voice is called."""
    tone = np.sin(2 * np.pi * 1000 / 22050 * np.arange(11025)) * 16000
    with wave.open(str(tmp_path / "speech"), "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        file.writeframes(tone.astype("<i2").tobytes())
    script = tmp_path / "fake_espeak"
    script.write_text(_FAKE.format(log=tmp_path / "log", speech=tmp_path / "speech"))
    script.chmod(0o755)
    return str(script)


def test_speaks_and_resamples(program, tmp_path):
    speaker = espeak.Espeak("good", program)
    path = str(tmp_path / "out.wav")
    assert speaker.version.startswith("espeak-ng-9.9 soxr-")
    assert speaker.speak("Nothing is said; it's fake.", path) == 0.5
    assert (tmp_path / "log").read_text() == f"-v good -w {path}.espeak.tmp -- Nothing is said; it's fake.\n"
    assert sorted(name for name in os.listdir(tmp_path) if name.startswith("out")) == ["out.wav"]
    samples, rate_hz = soundfile.read(path)
    wanted = np.sin(2 * np.pi * 1000 / 16000 * np.arange(8000)) * 16000 / 32768
    assert rate_hz == 16000
    np.testing.assert_allclose(samples[800:-800], wanted[800:-800], atol=1e-3)


@pytest.mark.parametrize("voice, message", [("silent", "out.wav.espeak.tmp"), ("failing", "exited with 3 Out of")])
def test_failure_is_an_error_and_leaves_no_file(program, tmp_path, voice, message):
    with pytest.raises(speech_wav.SpeechError, match=f"did not speak 'Hello.': .*{message}"):
        espeak.Espeak(voice, program).speak("Hello.", str(tmp_path / "out.wav"))
    assert not [name for name in os.listdir(tmp_path) if name.startswith("out")]


def test_unknown_voice(program):
    with pytest.raises(speech_wav.SpeechError, match="voice is nosuch, which espeak-ng-9.9 .* Error: no such voice."):
        espeak.Espeak("nosuch", program)


def test_missing_program_says_what_to_install(tmp_path):
    with pytest.raises(speech_wav.SpeechError, match="apt-get install --no-install-recommends espeak-ng"):
        espeak.Espeak(program=str(tmp_path / "nowhere"))


def test_installed_espeak_says_the_same_twice(tmp_path):
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed")
    speaker = espeak.Espeak()
    spoken = []
    for name in ("a.wav", "b.wav"):
        assert 1.0 < speaker.speak("The quick brown fox jumps over the lazy dog.", str(tmp_path / name)) < 5.0
        spoken.append((tmp_path / name).read_bytes())
    assert spoken[0] == spoken[1]

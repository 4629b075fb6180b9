import pytest

import espeak
import flite
import speakers
import speech_wav


class _Fake:
    def __init__(self, voice="en-us"):
        if voice == "nosuch":
            raise speech_wav.SpeechError("no such voice")
        self.voice = voice


@pytest.fixture(autouse=True)
def fakes(monkeypatch):
    monkeypatch.setattr(flite, "Flite", type("Flite", (_Fake,), {"engine": "flite"}))
    monkeypatch.setattr(espeak, "Espeak", type("Espeak", (_Fake,), {"engine": "espeak-ng"}))


def test_names():
    found = speakers.find(["slt", "espeak", "espeak:en-gb", "rms"])
    assert {name: (speaker.engine, speaker.voice) for name, speaker in found.items()} == {
        "slt": ("flite", "slt"),
        "espeak": ("espeak-ng", "en-us"),
        "espeak:en-gb": ("espeak-ng", "en-gb"),
        "rms": ("flite", "rms"),
    }
    assert list(found) == ["slt", "espeak", "espeak:en-gb", "rms"]


@pytest.mark.parametrize(
    "names, message",
    [
        ([], "no speaker is given"),
        (["slt", "rms", "slt"], "speaker 'slt' is there twice$"),
        (["espeak:en-us", "espeak"], "speaker 'espeak' is there twice, as 'espeak:en-us' too"),
    ],
)
def test_none_or_one_twice(names, message):
    with pytest.raises(ValueError, match=message):
        speakers.find(names)


@pytest.mark.parametrize("name", ["nosuch", "espeak:nosuch"])
def test_unknown_is_named(name):
    with pytest.raises(speech_wav.SpeechError, match=f"speaker '{name}': no such voice"):
        speakers.find(["slt", name])

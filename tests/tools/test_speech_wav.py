import os
import wave

import pytest

import speech_wav


def _write_wav(path, *, seconds=0.5, rate_hz=16000, channels=1, width=2):
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate_hz, 0, "NONE", ""))
        file.writeframes(bytes(round(seconds * rate_hz) * channels * width))
    return str(path)


def test_counts_the_seconds(tmp_path):
    assert speech_wav.speech_seconds(_write_wav(tmp_path / "a.wav", seconds=0.25)) == 0.25


@pytest.mark.parametrize("params", [{"rate_hz": 8000}, {"channels": 2}, {"width": 1}, {"seconds": 0}])
def test_refuses_other_wav_files(tmp_path, params):
    with pytest.raises(ValueError, match="wav"):
        speech_wav.speech_seconds(_write_wav(tmp_path / "a.wav", **params))


@pytest.mark.parametrize("size", [0, 3, 20, 44, 1000])
def test_refuses_a_file_that_was_cut_off(tmp_path, size):
    path = _write_wav(tmp_path / "a.wav")
    os.truncate(path, size)
    with pytest.raises(ValueError, match="a.wav"):
        speech_wav.speech_seconds(path)


def test_refuses_a_missing_file(tmp_path):
    with pytest.raises(ValueError, match="nowhere.wav"):
        speech_wav.speech_seconds(str(tmp_path / "nowhere.wav"))

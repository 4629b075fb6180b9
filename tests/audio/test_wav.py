import re

import numpy as np
import pytest
import soundfile

from tf_wavenet import audio
from tf_wavenet.audio.wav import check_container

TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 16000)).astype(np.float32)


def test_round_trip(tmp_path):
    audio.write_wav(tmp_path / "tone.wav", TONE, 16000)
    read = audio.read_wav(tmp_path / "tone.wav", 16000)
    assert read.dtype == np.float32
    np.testing.assert_allclose(read, TONE, atol=1 / 32768)


def test_clips_rather_than_wraps(tmp_path):
    audio.write_wav(tmp_path / "loud.wav", np.array([2.0, -2.0]), 16000)
    np.testing.assert_allclose(audio.read_wav(tmp_path / "loud.wav", 16000), [1.0, -1.0], atol=1 / 32767)


def test_stereo_and_rate_are_converted_and_said(tmp_path, caplog):
    soundfile.write(tmp_path / "stereo.wav", np.stack([TONE, TONE], axis=1), 32000)
    read = audio.read_wav(tmp_path / "stereo.wav", 16000)
    assert read.shape == (4000,)
    assert "mixed 2 channels down to mono" in caplog.text
    assert "resampled from 32000 Hz to 16000 Hz" in caplog.text
    caplog.clear()
    np.testing.assert_array_equal(audio.read_wav(tmp_path / "stereo.wav", 16000, warn=False), read)
    assert not caplog.records


def test_bad_files(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such audio file"):
        audio.read_wav(tmp_path / "none.wav", 16000)
    (tmp_path / "text.wav").write_text("this is not audio")
    with pytest.raises(ValueError, match="not an audio file"):
        audio.read_wav(tmp_path / "text.wav", 16000)
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 16000)
    with pytest.raises(ValueError, match="holds no samples"):
        audio.read_wav(tmp_path / "empty.wav", 16000)
    with pytest.raises(ValueError, match="audio is int32, must be float"):
        audio.write_wav(tmp_path / "x.wav", np.zeros(2, np.int32), 16000)
    with pytest.raises(ValueError, match=r"shape \[2, 2\]"):
        audio.write_wav(tmp_path / "x.wav", np.zeros((2, 2)), 16000)
    with pytest.raises(ValueError, match="cannot be written"):
        audio.write_wav(tmp_path / "missing" / "x.wav", TONE, 16000)


def test_file_without_header_is_not_read(tmp_path):
    TONE.tofile(tmp_path / "x.raw")
    with pytest.raises(ValueError, match=r"x.raw: not an audio file that can be read \(no header"):
        audio.read_wav(tmp_path / "x.raw", 16000)


@pytest.mark.parametrize(
    "name, message",
    [
        ("x.raw", "x.raw: a .raw file has no header to tell the rate"),
        ("x.RAW", "x.RAW: a .RAW file has no header"),
        ("x.unknown", "the suffix '.unknown' names no format"),
        ("x.mp3", "the suffix '.mp3' names no format of 16-bit audio"),
        ("x", "the suffix '' names no format"),
    ],
)
def test_containers_that_are_not_written(tmp_path, name, message):
    for check in (check_container, lambda path: audio.write_wav(path, TONE, 16000)):
        with pytest.raises(ValueError, match=re.escape(message)):
            check(tmp_path / name)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["x.wav", "x.WAV", "x.flac", "x.aiff"])
def test_containers_that_are_written(tmp_path, name):
    check_container(tmp_path / name)
    audio.write_wav(tmp_path / name, TONE, 16000)
    np.testing.assert_allclose(audio.read_wav(tmp_path / name, 16000), TONE, atol=1 / 32768)

"""What `synthesize` is given: files and folders found, features and recordings told apart, checked and read."""

import logging

import numpy as np
import pytest

from tf_wavenet import audio, native
from tf_wavenet.commands.sources import Source, find_sources


@pytest.fixture
def folder(tmp_path):
    """A folder of recordings and features, and of what is neither."""
    folder = tmp_path / "speech"
    (folder / "within").mkdir(parents=True)
    (folder / "folder.wav").mkdir()
    for name in ("c.wav", "a.npy", "B.FLAC", "words.txt", ".hidden.wav", "within/deep.wav"):
        (folder / name).touch()
    return folder


def test_folder_gives_what_can_be_spoken_sorted(folder):
    assert find_sources([str(folder)]) == [
        Source(folder / "B.FLAC", is_mel=False),
        Source(folder / "a.npy", is_mel=True),
        Source(folder / "c.wav", is_mel=False),
    ]


def test_files_and_folders_keep_their_order(folder, tmp_path):
    late, early = tmp_path / "z.NPY", tmp_path / "a.wav"
    late.touch()
    early.touch()
    found = find_sources([late, folder / "within", early])
    assert found == [Source(late, True), Source(folder / "within" / "deep.wav", False), Source(early, False)]


def test_file_of_any_suffix_is_taken_by_its_name(folder):
    assert find_sources([folder / "words.txt"]) == [Source(folder / "words.txt", is_mel=False)]


def test_what_is_not_there(folder):
    with pytest.raises(FileNotFoundError, match="none.wav: no such file or folder"):
        find_sources([folder, folder / "none.wav"])
    with pytest.raises(ValueError, match=r"folder.wav: holds no recording \(.*\.wav\) and no features \(\.npy\)"):
        find_sources([folder / "folder.wav"])


def test_recording(tiny_voice, tiny_config, recording, caplog):
    path = recording(11025, rate_hz=22050, channels=2)
    source, info = Source(path, is_mel=False), native.voice_info(tiny_voice)
    assert source.check(info, tiny_config.audio) == 8000
    assert "resampled" in caplog.text and "mixed" in caplog.text
    caplog.clear()
    mel, num_samples, gain = source.read(info, tiny_config.audio)
    assert gain == 1.0
    assert num_samples == 8000 and not caplog.records
    np.testing.assert_array_equal(mel, audio.log_mel(audio.read_wav(path, 16000), tiny_config.audio))


@pytest.mark.parametrize("scale, odd", [(1.0, False), (30.0, True)])
def test_mel(tmp_path, tiny_voice, tiny_config, caplog, scale, odd):
    mel = scale * np.linspace(-10, 1, 36).reshape(3, 12)
    np.save(tmp_path / "mel.npy", mel)
    source, info = Source(tmp_path / "mel.npy", is_mel=True), native.voice_info(tiny_voice)
    with caplog.at_level(logging.WARNING):
        assert source.check(info, tiny_config.audio) == 240
    assert ("are they linear, or in dB?" in caplog.text) == odd
    caplog.clear()
    found, num_samples, gain = source.read(info, tiny_config.audio)
    assert gain == 1.0
    assert num_samples == 240 and found.dtype == np.float32 and not caplog.records
    np.testing.assert_array_equal(found, mel.astype(np.float32))

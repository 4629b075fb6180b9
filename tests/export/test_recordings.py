import numpy as np
import pytest
import soundfile

from tf_wavenet import audio
from tf_wavenet.config import VoiceConfig, WaveNetConfig
from tf_wavenet.export.recordings import find_recordings, read_recordings


def write(path, num_samples, loudness=0.3, rate_hz=16000):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, loudness * np.sin(np.arange(num_samples) / 7), rate_hz)
    return path


def paths(source):
    return [recording.path for recording in find_recordings(source)]


@pytest.fixture
def folder(tmp_path):
    """Two wavs and a flac, one of them further down, and a text."""
    for name in ("b.wav", "a.FLAC", "deeper/c.wav"):
        write(tmp_path / "speech" / name, 12_000)
    (tmp_path / "speech" / "a.txt").write_text("no sound")
    return tmp_path / "speech"


def test_folder_without_lists_gives_all_it_holds(folder):
    assert paths(folder) == [folder / "a.FLAC", folder / "b.wav", folder / "deeper" / "c.wav"]


def test_speakers_take_turns(folder):
    (folder / "train.txt").write_text("a.FLAC|Words.|one\n")
    lines = ["a.FLAC|First.|one", "b.wav|Second.|one", "deeper/c.wav|First.|two"]
    (folder / "validation.txt").write_text("\n".join(lines))
    assert paths(folder) == [folder / "a.FLAC", folder / "deeper" / "c.wav", folder / "b.wav"]
    config = VoiceConfig(model=WaveNetConfig(speakers=("two", "one")))
    assert [recording.speaker for recording in read_recordings(folder, config)] == [1, 0, 1]
    with pytest.raises(ValueError, match="deeper/c.wav: speaker is 'two', which the voice lacks: it has one"):
        read_recordings(folder, VoiceConfig(model=WaveNetConfig(speakers=("one",))))


def test_folder_with_lists_gives_its_validation_split(folder):
    (folder / "train.txt").write_text("a.FLAC|Words.\n")
    (folder / "validation.txt").write_text("deeper/c.wav|More words.\n")
    assert paths(folder) == [folder / "deeper" / "c.wav"]
    (folder / "validation.txt").unlink()
    with pytest.raises(FileNotFoundError, match="validation.txt: missing beside train.txt"):
        find_recordings(folder)


def test_files_come_in_the_order_given(folder):
    files = [folder / "deeper" / "c.wav", folder / "a.FLAC"]
    assert paths(f"{files[0]},{files[1]}") == files
    comma = write(folder / "one,two.wav", 100)
    assert paths(str(comma)) == [comma]


def test_reads_up_to_some_seconds(folder, tiny_config):
    recordings = read_recordings(folder, tiny_config, seconds=1.0)  # 16000 samples: 12000 and 4000
    assert [recording.levels.size for recording in recordings] == [12_000, 4_000]
    assert [len(recording.mel) for recording in recordings] == [150, 50]
    waveform = audio.read_wav(folder / "b.wav", 16000)[:4000]
    np.testing.assert_array_equal(recordings[1].levels, audio.encode(waveform))
    np.testing.assert_array_equal(recordings[1].mel, audio.log_mel(waveform, tiny_config.audio))
    assert len(read_recordings(folder, tiny_config)) == 3


def test_exactly_filled_reads_no_further(folder, tiny_config):
    (folder / "deeper" / "c.wav").write_bytes(b"broken")
    assert len(read_recordings(folder, tiny_config, seconds=1.5)) == 2
    with pytest.raises(ValueError, match="c.wav: not an audio file"):
        read_recordings(folder, tiny_config, seconds=1.6)


def test_refuses_what_cannot_be_calibrated_on(tmp_path, folder, tiny_config):
    (tmp_path / "empty").mkdir()
    short, silent = write(tmp_path / "short.wav", 8000), write(tmp_path / "silent.wav", 16000, loudness=0)
    soundfile.write(tmp_path / "nothing.wav", np.zeros(0), 16000)
    for source, seconds, error, message in [
        (tmp_path / "empty", 60, ValueError, "empty: holds no .wav or .flac file to calibrate on"),
        (tmp_path / "missing", 60, FileNotFoundError, "missing: no such recording to calibrate on"),
        (f"{folder / 'b.wav'},{tmp_path / 'gone.wav'}", 60, FileNotFoundError, "gone.wav: no such recording"),
        (",", 60, ValueError, "calibration is ',', must be a folder or audio files"),
        (short, 60, ValueError, "short.wav: 0.5 s of recordings are too little .* at least 1 s of speech"),
        (silent, 60, ValueError, "silent.wav: holds nothing but silence"),
        (tmp_path / "nothing.wav", 60, ValueError, "nothing.wav: holds no samples"),
        (folder, 0.5, ValueError, "calibration_seconds is 0.5, must be at least 1"),
        (folder, float("nan"), ValueError, "calibration_seconds is nan, must be at least 1"),
        (folder, float("inf"), ValueError, "calibration_seconds is inf, must be at least 1 and finite"),
    ]:
        with pytest.raises(error, match=message):
            read_recordings(source, tiny_config, seconds)

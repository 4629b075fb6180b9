import dataclasses

import numpy as np
import pytest
import soundfile

from tf_wavenet import audio
from tf_wavenet.config import AudioConfig, VoiceConfig, WaveNetConfig
from tf_wavenet.training import data

CONFIG = VoiceConfig(
    audio=AudioConfig(hop_samples=10, mel_bands=4, fft_size=256, window_samples=40),
    model=WaveNetConfig(layers=2, conditioning_channels=4, conditioning_context=1),
)


def paths(folder, split):
    return [utterance.path for utterance in data.list_utterances(folder, split)]


def recording(samples=95):
    mel = np.arange(audio.num_frames(samples, 10) * 4, dtype=np.float32).reshape(-1, 4)
    return data.Recording("r", np.arange(samples, dtype=np.int16) % 256, mel)


def test_crop_in_the_middle():
    levels, conditioning = data.crop(recording(), first_frame=3, frames=2, config=CONFIG)
    np.testing.assert_array_equal(levels, np.arange(28, 50))
    np.testing.assert_array_equal(conditioning, recording().mel[2:7])  # One frame before, two after (context, linear).


def test_crop_at_both_ends_repeats_edges():
    levels, conditioning = data.crop(recording(), first_frame=0, frames=10, config=CONFIG)
    np.testing.assert_array_equal(levels[:2], [128, 128])
    np.testing.assert_array_equal(levels[2:97], np.arange(95))
    np.testing.assert_array_equal(levels[97:], [128] * 5)
    np.testing.assert_array_equal(conditioning[0], conditioning[1])
    np.testing.assert_array_equal(conditioning[-1], recording().mel[-1])
    np.testing.assert_array_equal(conditioning[-2], recording().mel[-1])


def test_batches_depend_on_seed_and_step_alone():
    crops = data.Crops([recording(300), recording(55)], CONFIG, batch_size=3, crop_samples=44, seed=5)
    inputs, targets = crops.batch(7)
    assert inputs["levels"].shape == (3, 41) and targets.shape == (3, 40) and inputs["conditioning"].shape == (3, 7, 4)
    np.testing.assert_array_equal(inputs["levels"][:, 2:], targets[:, :-1])
    crops.batch(8)
    again, _ = crops.batch(7)
    np.testing.assert_array_equal(again["levels"], inputs["levels"])
    assert not np.array_equal(crops.batch(9)[1], targets)
    assert crops.audio_seconds == 3 * 40 / 16000


def test_split_by_lists_and_by_hash(tmp_path):
    for i in range(200):
        (tmp_path / f"{i:03d}.wav").touch()
    dealt = {split: paths(tmp_path, split) for split in data.SPLITS}
    assert [len(dealt[split]) for split in data.SPLITS] == [192, 4, 4]
    assert len(set().union(*dealt.values())) == 200
    (tmp_path / "train.txt").write_text("003.wav|Three.\n")
    assert paths(tmp_path, "train") == [tmp_path / "003.wav"]
    with pytest.raises(FileNotFoundError, match="validation.txt: missing"):
        data.list_utterances(tmp_path, "validation")
    (tmp_path / "train.txt").write_text("none.wav|Nothing.\n")
    with pytest.raises(FileNotFoundError, match="none.wav: listed in"):
        data.list_utterances(tmp_path, "train")


def test_lists_may_name_speakers(tmp_path):
    for name in ("a", "b"):
        soundfile.write(tmp_path / f"{name}.wav", 0.1 * np.sin(np.arange(16000)), 16000)
    (tmp_path / "train.txt").write_text("a.wav|Words.|rms\nb.wav|Words.|slt\n")
    utterances = data.list_utterances(tmp_path, "train")
    assert utterances[0] == data.Utterance(tmp_path / "a.wav", "Words.", "rms")
    two = dataclasses.replace(CONFIG, model=dataclasses.replace(CONFIG.model, speakers=("slt", "rms")))
    assert [recording.speaker for recording in data.load(utterances, two)] == [1, 0]
    assert [recording.speaker for recording in data.load(utterances, CONFIG)] == [0, 0]
    crops = data.Crops(data.load(utterances, two), two, batch_size=8, crop_samples=40, seed=0)
    inputs, _ = crops.batch(0)
    assert set(inputs["speaker"]) == {0, 1} and inputs["speaker"].dtype == np.int32
    (tmp_path / "train.txt").write_text("a.wav|Words.\n")
    with pytest.raises(ValueError, match="a.wav: its list names no speaker, but the voice has 2"):
        data.load(data.list_utterances(tmp_path, "train"), two)
    (tmp_path / "train.txt").write_text("a.wav|Words.|awb\n")
    with pytest.raises(ValueError, match="a.wav: speaker is 'awb', which the voice lacks: it has slt, rms"):
        data.load(data.list_utterances(tmp_path, "train"), two)


def test_recordings_are_heard_at_the_voices_loudness_and_with_pre_emphasis():
    voice = dataclasses.replace(CONFIG, audio=dataclasses.replace(CONFIG.audio, loudness_lufs=-20.0, preemphasis=0.5))
    waveform = 0.02 * np.sin(np.arange(16000) / 5)
    loud, quiet = data.analyze("", waveform, voice), data.analyze("", waveform / 4, voice)
    np.testing.assert_allclose(loud.mel, quiet.mel, atol=1e-4)
    assert np.abs(loud.levels - quiet.levels).max() <= 1
    gain = audio.loudness.gain(waveform, voice.audio)
    np.testing.assert_array_equal(loud.levels, audio.to_levels(gain * waveform, voice))
    assert gain > 2


def test_three_files_are_enough(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.wav").touch()
    assert [len(paths(tmp_path, split)) for split in data.SPLITS] == [1, 1, 1]


def test_missing_folders_and_splits(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such folder"):
        data.list_utterances(tmp_path / "none", "train")
    with pytest.raises(ValueError, match="0 wav files, at least 3 are needed"):
        data.list_utterances(tmp_path, "test")
    with pytest.raises(ValueError, match="split is 'dev'"):
        data.list_utterances(tmp_path, "dev")

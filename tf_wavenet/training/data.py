"""Recordings in memory, and random crops of them that depend on the step number alone.

That a batch is a pure function of (seed, step) is what makes a resumed run equal to one that was never killed.
"""

import dataclasses
import hashlib
import os
import pathlib
from collections.abc import Sequence

import numpy as np
import tqdm

from tf_wavenet import audio
from tf_wavenet.config import VoiceConfig

SPLITS = ("train", "validation", "test")


@dataclasses.dataclass(frozen=True)
class Utterance:
    """A wav file, its words and its speaker's name, "" where lists do not tell."""

    path: pathlib.Path
    text: str = ""
    speaker: str = ""


@dataclasses.dataclass(frozen=True)
class Recording:
    """One utterance: mu-law levels, int16 `[T]`, log-mel features, float32 `[ceil(T / hop), C]`, and whose it is."""

    path: str
    levels: np.ndarray
    mel: np.ndarray
    speaker: int = 0  # By its place among the config's speakers.


def list_utterances(data_dir: str | os.PathLike, split: str) -> list[Utterance]:
    """Returns what belongs to `split`: 'train', 'validation' or 'test'.

    If the folder holds lists (`train.txt`, ...; one `path|sentence` or `path|sentence|speaker` a line, as
    tools/make_corpus.py writes them) they decide; else every wav below it is dealt out in the order of a hash of its
    name: 2 % and at least one each to validation and test, the rest to training.

    Raises:
      FileNotFoundError: if the folder, a list or a listed file does not exist.
      ValueError: if the split is unknown or empty.
    """
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}, must be one of {', '.join(SPLITS)}")
    root = pathlib.Path(data_dir)
    if not root.is_dir():
        raise FileNotFoundError(f"{root}: no such folder of recordings")
    if (root / "train.txt").exists():
        listed = root / f"{split}.txt"
        if not listed.exists():
            raise FileNotFoundError(f"{listed}: missing beside train.txt")
        lines = [line.split("|") for line in listed.read_text(encoding="utf-8").splitlines() if line]
        found = [Utterance(root / path, *fields[:2]) for path, *fields in lines]
        for utterance in found:
            if not utterance.path.exists():
                raise FileNotFoundError(f"{utterance.path}: listed in {listed}, but not there")
    else:
        found = [Utterance(file) for file in _deal(root)[split]]
        count = len(list(root.rglob("*.wav")))
        if not found:
            raise ValueError(
                f"{root}: {count} wav files, at least 3 are needed: one each for train, validation and test"
            )
    if not found:
        raise ValueError(f"{root}: {split}.txt lists no wav files")
    return found


def load(utterances: Sequence[Utterance], config: VoiceConfig) -> list[Recording]:
    """Reads, quantizes and analyses `utterances`, with a progress bar.

    Raises:
      FileNotFoundError: if a file does not exist.
      ValueError: if a file is no audio, or the voice has speakers and one of the utterances is of none of them.
    """
    speakers = [speaker_of(utterance, config) for utterance in utterances]  # All, before any work is done.
    recordings = []
    for utterance, speaker in zip(tqdm.tqdm(utterances, desc="reading audio", unit="file", mininterval=1.0), speakers):
        waveform = audio.read_wav(utterance.path, config.audio.sample_rate_hz)
        recordings.append(analyze(str(utterance.path), waveform, config, speaker))
    return recordings


def analyze(path: str, waveform: np.ndarray, config: VoiceConfig, speaker: int = 0) -> Recording:
    """Returns a recording, float `[T]`, as the voice hears it: at its loudness, in its levels and features."""
    waveform = waveform * audio.loudness.gain(waveform, config.audio)
    levels = audio.to_levels(waveform, config).astype(np.int16)
    return Recording(path, levels, audio.log_mel(waveform, config.audio), speaker)


def mel_statistics(recordings: Sequence[Recording]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each mel band over all frames; float32 `[C]` each."""
    frames = np.concatenate([recording.mel for recording in recordings], axis=0)
    return frames.mean(axis=0), np.maximum(frames.std(axis=0), 1e-2)


def crop(recording: Recording, first_frame: int, frames: int, config: VoiceConfig):
    """Cuts what `WaveNet` needs to predict `frames` frames from `first_frame` on.

    Samples and frames beyond the recording's ends are silence and repeats of the edge frame, as in generation.

    Returns:
      levels int32 `[frames * hop + 2]` (two samples of history, then those to predict), and
      conditioning float32 `[k + frames + lookahead, C]`.
    """
    hop, model = config.audio.hop_samples, config.model
    start, stop = first_frame * hop - 2, (first_frame + frames) * hop
    levels = np.full(stop - start, model.silence_level, np.int32)
    low, high = max(start, 0), min(stop, recording.levels.size)
    levels[low - start : high - start] = recording.levels[low:high]
    wanted = np.arange(first_frame - model.conditioning_context, first_frame + frames + model.lookahead_frames)
    return levels, recording.mel[np.clip(wanted, 0, len(recording.mel) - 1)]


class Crops:
    """Batches of random crops, uniform over all samples of the recordings.

    Args:
      recordings: at least one.
      config: the voice's config.
      batch_size, crop_samples, seed: see `TrainingConfig`.
    """

    def __init__(
        self, recordings: Sequence[Recording], config: VoiceConfig, batch_size: int, crop_samples: int, seed: int
    ):
        self._recordings, self._config, self._batch_size, self._seed = recordings, config, batch_size, seed
        self._frames = max(1, crop_samples // config.audio.hop_samples)
        frames = np.array([len(recording.mel) for recording in recordings], np.float64)
        self._probabilities = frames / frames.sum()

    @property
    def audio_seconds(self) -> float:
        """Seconds of audio in one batch."""
        samples = self._batch_size * self._frames * self._config.audio.hop_samples
        return samples / self._config.audio.sample_rate_hz

    def batch(self, step: int):
        """Returns `(inputs, targets)` of `WaveNet` for `step`; the same step gives the same batch."""
        rng = np.random.default_rng((self._seed, step))
        crops, speakers = [], []
        for index in rng.choice(len(self._recordings), self._batch_size, p=self._probabilities):
            recording = self._recordings[index]
            first = rng.integers(0, max(1, len(recording.mel) - self._frames + 1))
            crops.append(crop(recording, int(first), self._frames, self._config))
            speakers.append(recording.speaker)
        levels, conditioning = (np.stack(parts) for parts in zip(*crops))
        speaker = np.array(speakers, np.int32)
        return {"levels": levels[:, :-1], "conditioning": conditioning, "speaker": speaker}, levels[:, 2:]


def speaker_of(utterance: Utterance, config: VoiceConfig) -> int:
    """Returns the place of an utterance's speaker among the voice's; raises `ValueError` if it is none of them."""
    if not config.model.speakers:
        return 0
    if not utterance.speaker:
        raise ValueError(f"{utterance.path}: its list names no speaker, but the voice has {config.model.bias_rows}")
    try:
        return config.model.speaker_index(utterance.speaker)
    except ValueError as error:
        raise ValueError(f"{utterance.path}: {error}") from error


def _deal(root: pathlib.Path) -> dict[str, list[pathlib.Path]]:
    by_hash = lambda file: hashlib.sha256(file.relative_to(root).as_posix().encode()).digest()
    files = sorted(root.rglob("*.wav"), key=by_hash)
    held_out = max(1, len(files) // 50)
    return {"validation": files[:held_out], "test": files[held_out : 2 * held_out], "train": files[2 * held_out :]}

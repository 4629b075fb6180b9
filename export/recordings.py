"""The recordings that a quantization is calibrated on: found, read up to some seconds, analysed."""

import collections
import math
import os
import pathlib

import numpy as np

from tf_wavenet import audio
from tf_wavenet.config import VoiceConfig
from tf_wavenet.training.data import Recording, Utterance, analyze, list_utterances, speaker_of

DEFAULT_SECONDS = 60.0  # A million samples: second moments of 512 inputs are known to well under a percent.
MIN_SECONDS = 1.0  # With less, scales would fit the few sounds that were heard.
_SUFFIXES = (".wav", ".flac")


def find_recordings(source: str | os.PathLike) -> list[Utterance]:
    """Returns the recordings that `source` names, in a fixed order in which speakers take turns.

    Args:
      source: a folder (its validation split if it holds lists as tools/make_corpus.py writes them, which training has
        not seen; else every wav and flac below it), or files separated by commas.

    Raises:
      FileNotFoundError: if the folder or a file does not exist.
      ValueError: if there are none.
    """
    root = pathlib.Path(source)
    if root.is_dir():
        if (root / "train.txt").exists():
            return _by_turns(list_utterances(root, "validation"))
        files = sorted(path for path in root.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file())
        if not files:
            raise ValueError(f"{root}: holds no {' or '.join(_SUFFIXES)} file to calibrate on")
        return [Utterance(file) for file in files]
    files = [root] if root.is_file() else [pathlib.Path(part) for part in os.fspath(source).split(",") if part]
    if not files:
        raise ValueError(f"calibration is {os.fspath(source)!r}, must be a folder or audio files separated by commas")
    for file in files:
        if not file.is_file():
            raise FileNotFoundError(f"{file}: no such recording to calibrate on")
    return [Utterance(file) for file in files]


def read_recordings(
    source: str | os.PathLike, config: VoiceConfig, seconds: float = DEFAULT_SECONDS
) -> list[Recording]:
    """Reads and analyses recordings in the order of `find_recordings`, until there are `seconds` of them.

    Args:
      source: as `find_recordings` takes it.
      config: the voice's: audio is brought to its rate, levels and features are its own.
      seconds: of audio to read, at least 1; the last recording is cut there.

    Returns:
      At least one recording.

    Raises:
      FileNotFoundError: if there is no such folder or file.
      ValueError: if `seconds` is too small, a file is no audio, or all that was read is under 1 second, or silent.
    """
    if not MIN_SECONDS <= seconds < math.inf:
        raise ValueError(f"calibration_seconds is {seconds:g}, must be at least {MIN_SECONDS:g} and finite")
    rate_hz = config.audio.sample_rate_hz
    wanted = round(seconds * rate_hz)
    recordings, loudest = [], 0.0
    for utterance in find_recordings(source):
        speaker = speaker_of(utterance, config)
        waveform = audio.read_wav(utterance.path, rate_hz)[:wanted]
        loudest = max(loudest, float(np.abs(waveform).max()))
        recordings.append(analyze(str(utterance.path), waveform, config, speaker))
        wanted -= waveform.size
        if wanted == 0:
            break
    total = sum(recording.levels.size for recording in recordings)
    if total < MIN_SECONDS * rate_hz:
        raise ValueError(
            f"{os.fspath(source)}: {total / rate_hz:.3g} s of recordings are too little to calibrate on, at least "
            f"{MIN_SECONDS:g} s of speech is needed"
        )
    if loudest == 0.0:
        raise ValueError(f"{os.fspath(source)}: holds nothing but silence, must be speech to calibrate on")
    return recordings


def _by_turns(utterances: list[Utterance]) -> list[Utterance]:
    """The first of each speaker, then the second of each: the first seconds are of all of them."""
    spoken = collections.Counter()
    turns = []
    for utterance in utterances:
        spoken[utterance.speaker] += 1
        turns.append(spoken[utterance.speaker])
    return [utterance for _, utterance in sorted(zip(turns, utterances), key=lambda pair: pair[0])]

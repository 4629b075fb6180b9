"""A recording as voices hear it."""

import dataclasses

import numpy as np

from tf_wavenet import audio
from tf_wavenet.config import AudioConfig
from tf_wavenet.evaluation.sentences import Sentence


@dataclasses.dataclass(frozen=True, eq=False)
class Heard:
    """A recording at a voice's rate, and what the voice is told of it."""

    original: np.ndarray  # float32 [T]: as recorded, what a synthesis is held against.
    gain: float  # That brings it to the voice's loudness.
    waveform: np.ndarray  # float32 [T]: gain * original.
    mel: np.ndarray  # float32 [ceil(T / hop), C]: log-mel features of the waveform.
    speaker: str = ""  # Who a voice of several speakers is to speak as; "" = the first.

    def as_recorded(self, spoken: np.ndarray) -> np.ndarray:
        """Brings a synthesis, float of about `[T]`, to the recording's loudness and length: float32 `[T]`."""
        spoken = np.asarray(spoken[: self.original.size], np.float64) / self.gain
        return np.pad(spoken, (0, self.original.size - spoken.size)).astype(np.float32)


def hear(waveform: np.ndarray, config: AudioConfig, speaker: str = "") -> Heard:
    """Returns a recording, float `[T]` at the config's rate, as a voice hears it."""
    gain = audio.loudness.gain(waveform, config)
    louder = (waveform * gain).astype(np.float32)
    return Heard(np.asarray(waveform, np.float32), gain, louder, audio.log_mel(louder, config), speaker)


class Recordings:
    """A sentence, read and analysed once for voices that hear it alike."""

    def __init__(self, sentence: Sentence):
        self._sentence = sentence
        self._cache = {}

    def of(self, config: AudioConfig) -> Heard:
        """Returns the sentence as voices of this config hear it; raises what `audio.read_wav` raises."""
        if config not in self._cache:
            waveform = audio.read_wav(self._sentence.path, config.sample_rate_hz)
            self._cache[config] = hear(waveform, config, self._sentence.speaker)
        return self._cache[config]

"""What can be spoken, and by whom: voices, test sentences and their features."""

import dataclasses
import pathlib
from collections.abc import Sequence

import numpy as np

from tf_wavenet import audio, native, voices
from tf_wavenet.config import VoiceConfig


@dataclasses.dataclass(frozen=True, eq=False)
class ServedVoice:
    """A voice, under the name by which a page asks for it."""

    name: str
    voice: native.Voice
    config: VoiceConfig
    temperature: float = 1.0  # At which it speaks where none is asked for.

    @property
    def speakers(self) -> tuple[str, ...]:
        """Names of the speakers to choose from; none if there is but one."""
        names = self.voice.info.speakers
        return names if len(names) > 1 else ()

    def describe(self) -> dict:
        """Returns what a page shows of it, ready for JSON."""
        info = self.voice.info
        return {
            "name": self.name,
            "precision": info.precision,
            "layers": info.layers,
            "residual_channels": info.residual_channels,
            "skip_channels": info.skip_channels,
            "sample_rate_hz": info.sample_rate_hz,
            "speakers": list(self.speakers),
            "temperature": self.temperature,
        }


@dataclasses.dataclass(frozen=True, eq=False)
class Prepared:
    """A recording made ready for a voice."""

    conditioning: np.ndarray  # float32 [F, C].
    num_samples: int  # That its speech shall have, at the voice's rate; at most F * hop_samples.
    gain: float = 1.0  # By which it was multiplied before; the speech is divided by it.


def load_voices(paths: Sequence[str | pathlib.Path]) -> dict[str, ServedVoice]:
    """Loads voice files; those that come with the package if none are given.

    Returns:
      The voices by their names, which are those of the files without suffix, in the order given.

    Raises:
      FileNotFoundError, ValueError: if one cannot be read, or two have one name.
    """
    from tf_wavenet.export import read_voice

    served = {}
    for path in map(pathlib.Path, paths or voices.shipped().values()):
        file = read_voice(path)
        voice = ServedVoice(path.stem, native.load_voice(path), file.config, file.temperature)
        if voice.name in served:
            raise ValueError(f"{path}: a voice named {voice.name!r} was given before, names must differ")
        served[voice.name] = voice
    return served


def prepare(recording: pathlib.Path, config: VoiceConfig) -> Prepared:
    """Reads a recording and computes its features for a voice.

    Raises:
      FileNotFoundError, ValueError: as `audio.read_wav`.
    """
    waveform = audio.read_wav(recording, config.audio.sample_rate_hz, warn=False)
    gain = audio.loudness.gain(waveform, config.audio)
    return Prepared(audio.log_mel(waveform * np.float32(gain), config.audio), waveform.size, gain)


class Sentences:
    """The test sentences of the package, prepared once for each way of analysis."""

    def __init__(self, texts: dict[pathlib.Path, str] | None = None):
        """Args: texts: recordings and their words; None = those that come with the package."""
        texts = voices.test_sentences() if texts is None else texts
        self.paths = {path.stem: path for path in texts}
        self._texts = {path.stem: text for path, text in texts.items()}
        self._prepared: dict[tuple[str, VoiceConfig], Prepared] = {}

    def describe(self) -> list[dict]:
        """Returns what a page shows of them, ready for JSON."""
        import soundfile

        return [
            {"id": name, "text": self._texts[name], "seconds": soundfile.info(path).duration}
            for name, path in self.paths.items()
        ]

    def prepare(self, name: str, config: VoiceConfig) -> Prepared:
        """Returns a sentence ready for a voice; raises `KeyError` if there is none of that name."""
        key = (name, config)
        if key not in self._prepared:
            self._prepared[key] = prepare(self.paths[name], config)
        return self._prepared[key]

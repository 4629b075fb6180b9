"""What `synthesize` speaks: recordings and files of mel features, found, checked and read.

All are checked before the first is spoken, and read again when their turn comes: features of a day of speech would
not fit into memory.
"""

import dataclasses
import logging
import os
import pathlib
from collections.abc import Sequence

import numpy as np

from tf_wavenet.config import AudioConfig

logger = logging.getLogger(__name__)

RECORDING_SUFFIXES = (".aif", ".aiff", ".au", ".flac", ".mp3", ".ogg", ".opus", ".wav")
MEL_SUFFIX = ".npy"
LOWEST_LOG_MEL, HIGHEST_LOG_MEL = -28.0, 6.0  # ln(1e-12), the lowest floor; full scale reaches about ln(100).


@dataclasses.dataclass(frozen=True)
class Source:
    """A file to speak: a recording, or else mel features, a .npy file of float `[F, C]`."""

    path: pathlib.Path
    is_mel: bool

    def check(self, info, config: AudioConfig) -> int:
        """Reads the file, says what is odd about it, and keeps nothing of it.

        Args:
          info: `native.VoiceInfo` of the voice that is to speak it.
          config: the voice's audio parameters.

        Returns:
          The samples that its speech will have, at the voice's rate.

        Raises:
          FileNotFoundError: if there is no such file.
          ValueError: if it cannot be read, or the voice cannot speak its content.
        """
        from tf_wavenet import audio

        if not self.is_mel:
            return audio.read_wav(self.path, config.sample_rate_hz).size
        mel = read_mel(self.path, info)
        low, high = mel.min(), mel.max()
        if low < LOWEST_LOG_MEL or high > HIGHEST_LOG_MEL:
            logger.warning(
                "%s: values span %.3g .. %.3g, natural-log mel features lie in %g .. %g: are they linear, or in dB?",
                *(self.path, low, high, LOWEST_LOG_MEL, HIGHEST_LOG_MEL),
            )
        return len(mel) * info.hop_samples

    def read(self, info, config: AudioConfig) -> tuple[np.ndarray, int, float]:
        """Reads the file; arguments and errors as `check`.

        Returns:
          The features, float32 `[F, C]`, of a recording at the voice's loudness; the number of samples that their
          speech will have; and the gain that brought the recording there, 1.0 for features.
        """
        from tf_wavenet import audio

        if self.is_mel:
            mel = read_mel(self.path, info)
            return mel, len(mel) * info.hop_samples, 1.0
        waveform = audio.read_wav(self.path, config.sample_rate_hz, warn=False)
        gain = audio.loudness.gain(waveform, config)
        return audio.log_mel(waveform * gain, config), waveform.size, gain


def find_sources(paths: Sequence[str | os.PathLike]) -> list[Source]:
    """Returns the files that `paths` name, in their order: .npy files are features, all others recordings.

    Args:
      paths: files, and folders: of a folder the recordings and features in it, by their suffix and sorted by name;
        not what lies in folders within it, nor hidden files.

    Raises:
      FileNotFoundError: if there is no such file or folder.
      ValueError: if a folder holds none.
    """
    files = []
    for path in map(pathlib.Path, paths):
        if path.is_dir():
            files += _speakable(path)
        elif path.exists():
            files.append(path)
        else:
            raise FileNotFoundError(f"{path}: no such file or folder")
    return [Source(file, file.suffix.lower() == MEL_SUFFIX) for file in files]


def read_mel(path: pathlib.Path, info) -> np.ndarray:
    """Returns the features in a .npy file, float32 `[F, C]`, F >= 1; mapped where they are float32 there.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if it is not a .npy file, or `synthesis.check_conditioning` refuses its content.
    """
    from tf_wavenet import synthesis

    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such mel file")
    try:
        mel = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OSError, EOFError) as error:
        raise ValueError(f"{path}: not a .npy file that can be read ({error})") from error
    return synthesis.check_conditioning(mel, info, name=str(path))


def _speakable(folder: pathlib.Path) -> list[pathlib.Path]:
    suffixes = (*RECORDING_SUFFIXES, MEL_SUFFIX)
    visible = (path for path in folder.iterdir() if not path.name.startswith("."))
    files = sorted(path for path in visible if path.suffix.lower() in suffixes and path.is_file())
    if not files:
        raise ValueError(
            f"{folder}: holds no recording ({', '.join(RECORDING_SUFFIXES)}) and no features ({MEL_SUFFIX}); "
            "folders within it are not searched"
        )
    return files

"""Recordings that listeners bring: checked before they are decoded, and the last few kept."""

import collections
import io
import pathlib
import secrets
import tempfile

import numpy as np

from tf_wavenet import audio

MIN_SECONDS = 0.1
MAX_CHANNELS = 8
MAX_RATE_HZ = 192000
SILENCE = 1e-3  # Of full scale, -60 dB: a recording whose peak is lower has nothing to speak.
KEPT = 32


class BadRecording(ValueError):
    """A recording is refused; the message says why, to the one who brought it."""


def check(path: pathlib.Path, max_seconds: float) -> float:
    """Checks that a file can be spoken.

    What its header says is checked first: a small file may decode to more than memory holds.

    Args:
      path: a file without suffix, of any content.
      max_seconds: the longest that is taken.

    Returns:
      Its length in seconds.

    Raises:
      BadRecording: if it is no audio, too short, too long, silent, or has too many channels or too high a rate.
    """
    import soundfile

    if path.stat().st_size == 0:
        raise BadRecording("the file is empty")
    try:
        header = soundfile.info(path)
    except (soundfile.LibsndfileError, TypeError) as error:
        reason = getattr(error, "error_string", "no header tells its rate")
        raise BadRecording(f"not an audio file that can be read ({reason.strip().rstrip('.')})") from error
    seconds = header.frames / header.samplerate
    if seconds > max_seconds:
        raise BadRecording(f"the recording has {seconds:.1f} s, at most {max_seconds:g} s are taken")
    if seconds < MIN_SECONDS:
        raise BadRecording(f"the recording has {seconds:.3f} s, must have at least {MIN_SECONDS:g} s")
    if header.channels > MAX_CHANNELS:
        raise BadRecording(f"the recording has {header.channels} channels, must have at most {MAX_CHANNELS}")
    if header.samplerate > MAX_RATE_HZ:
        raise BadRecording(f"the recording has {header.samplerate} Hz, must have at most {MAX_RATE_HZ} Hz")
    try:
        waveform = audio.read_wav(path, header.samplerate, warn=False)
    except ValueError as error:
        raise BadRecording(str(error).removeprefix(f"{path}: ")) from error
    peak = float(np.abs(waveform).max())
    if peak < SILENCE:
        level = f"its peak is {20 * np.log10(peak):.0f} dB" if peak else "it holds nothing but zeros"
        raise BadRecording(f"the recording is silent: {level}, must be above {20 * np.log10(SILENCE):.0f} dB")
    return waveform.size / header.samplerate


def as_wav(path: pathlib.Path) -> bytes:
    """Returns a recording, mono and at its rate, as a 16-bit wav, which every browser plays."""
    import soundfile

    rate_hz = soundfile.info(path).samplerate
    target = io.BytesIO()
    waveform = np.clip(audio.read_wav(path, rate_hz, warn=False), -1.0, 1.0)
    soundfile.write(target, waveform, rate_hz, format="WAV", subtype="PCM_16")
    return target.getvalue()


class Recordings:
    """The last `KEPT` recordings, files in a folder of their own that goes when they go."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="tf_wavenet_serve_")
        self._kept: collections.OrderedDict[str, pathlib.Path] = collections.OrderedDict()

    def new_file(self) -> pathlib.Path:
        """Returns where the next may be written. Its name, which nobody can guess, is its id; it has no suffix, so that
        its content alone tells what it is."""
        return pathlib.Path(self._folder.name) / secrets.token_urlsafe(12)

    def keep(self, path: pathlib.Path) -> str:
        """Keeps a file that `new_file` named, forgets the oldest if there are too many, and returns its id."""
        self._kept[path.name] = path
        while len(self._kept) > KEPT:
            _, oldest = self._kept.popitem(last=False)
            oldest.unlink(missing_ok=True)
        return path.name

    def path(self, name: str) -> pathlib.Path:
        """Returns the file of an id; raises `KeyError` if it is not kept (any more)."""
        self._kept.move_to_end(name)
        return self._kept[name]

    def close(self) -> None:
        """Deletes all."""
        self._kept.clear()
        self._folder.cleanup()

"""Speaks sentences with the `flite` program, one wav file each: mono, 16 bit, 16 kHz.

flite 2.2 exits with 0 whatever happens and speaks an unknown voice's text with its default one, so the voice is looked
up before the first sentence and each file is read back. The same flite gives the same bytes for the same sentence.
"""

import os
import re
import shutil
import subprocess
import wave

SAMPLE_RATE_HZ = 16000


class FliteError(RuntimeError):
    """flite is missing, lacks the voice, or wrote something other than the speech that was asked for."""


def speech_seconds(path):
    """Returns the seconds of speech in a complete 16 kHz 16-bit mono wav file; raises ValueError for any other file."""
    try:
        with wave.open(path, "rb") as file:
            found = (file.getnchannels(), file.getsampwidth() * 8, file.getframerate())
            num_samples = file.getnframes()
            size = len(file.readframes(num_samples))
    except (OSError, EOFError, wave.Error) as error:
        raise ValueError(f"{path}: not a wav file: {error}") from error
    if found != (1, 16, SAMPLE_RATE_HZ):
        raise ValueError(f"{path}: channels, bits and Hz are {found}, wanted {(1, 16, SAMPLE_RATE_HZ)}")
    if num_samples == 0 or size != 2 * num_samples:
        raise ValueError(f"{path}: {size} bytes of samples, its header says {2 * num_samples}")
    return num_samples / SAMPLE_RATE_HZ


class Flite:
    """A voice of an installed flite.

    Attributes:
      voice: str, name of the voice, such as `slt`.
      version: str, what `flite --version` calls itself, such as `flite-2.2-current`.
    """

    def __init__(self, voice, program="flite"):
        self._program = shutil.which(program)
        if self._program is None:
            raise FliteError(f"{program} was not found: apt-get install flite")
        self.voice = voice
        match = re.search(r"version: (\S+)", self._run("--version"))
        self.version = match.group(1) if match else "unknown"
        voices = self._run("-lv").partition(":")[2].split()
        if voice not in voices:
            raise FliteError(f"voice is {voice}, {self.version} has {' '.join(voices)}")

    def _run(self, *arguments):
        done = subprocess.run([self._program, *arguments], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def speak(self, sentence, path):
        """Writes the speech of a sentence to `path`, whole or not at all.

        Args:
          sentence: str.
          path: file to write.

        Returns:
          float, seconds of speech.

        Raises:
          FliteError: flite wrote no 16 kHz 16-bit mono file.
        """
        unfinished = path + ".tmp"
        message = self._run("-voice", self.voice, "-t", sentence, "-o", unfinished)
        try:
            seconds = speech_seconds(unfinished)
        except ValueError as error:
            raise FliteError(f"flite did not speak {sentence!r}: {error} {message}".strip()) from error
        os.replace(unfinished, path)
        return seconds

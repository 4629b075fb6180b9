"""Speaks text with the `flite` program, one wav file each: mono, 16 bit, 16 kHz.

flite 2.2 exits with 0 whatever happens and speaks an unknown voice's text with its default one, so the voice is looked
up before the first sentence and each file is read back. The same flite gives the same bytes for the same text.
"""

import os
import re
import shutil
import subprocess

from speech_wav import SpeechError, speech_seconds


class Flite:
    """A voice of an installed flite.

    Attributes:
      voice: str, name of the voice, such as `slt`.
      version: str, what `flite --version` calls itself, such as `flite-2.2-current`.
    """

    engine = "flite"

    def __init__(self, voice, program="flite"):
        self._program = shutil.which(program)
        if self._program is None:
            raise SpeechError(f"{program} was not found: apt-get install flite")
        self.voice = voice
        match = re.search(r"version: (\S+)", self._run("--version"))
        self.version = match.group(1) if match else "unknown"
        voices = self._run("-lv").partition(":")[2].split()
        if voice not in voices:
            raise SpeechError(f"voice is {voice}, {self.version} has {' '.join(voices)}")

    def _run(self, *arguments):
        done = subprocess.run([self._program, *arguments], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def speak(self, text, path):
        """Writes the speech of a text to `path`, whole or not at all.

        Args:
          text: str, a sentence or several.
          path: file to write.

        Returns:
          float, seconds of speech.

        Raises:
          SpeechError: flite wrote no 16 kHz 16-bit mono file.
        """
        unfinished = path + ".tmp"
        message = self._run("-voice", self.voice, "-t", text, "-o", unfinished)
        try:
            seconds = speech_seconds(unfinished)
        except ValueError as error:
            raise SpeechError(f"flite did not speak {text!r}: {error} {message}".strip()) from error
        os.replace(unfinished, path)
        return seconds

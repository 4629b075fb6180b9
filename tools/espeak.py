"""Speaks text with the `espeak-ng` program, one wav file each: mono, 16 bit, resampled to 16 kHz by soxr.

espeak-ng is a formant synthesizer that speaks at 22,050 Hz; it sounds unlike flite's recorded speakers, which is what
it is for. The same espeak-ng and soxr give the same bytes for the same text.
"""

import os
import re
import shutil
import subprocess

import numpy as np
import soundfile
import soxr

from speech_wav import SAMPLE_RATE_HZ, SpeechError, speech_seconds


class Espeak:
    """A voice of an installed espeak-ng.

    Attributes:
      voice: str, what espeak-ng's `-v` takes, such as `en-us` or `en-gb+f3`.
      version: str, versions of espeak-ng and soxr, such as `espeak-ng-1.51 soxr-1.0.0`.
    """

    engine = "espeak-ng"

    def __init__(self, voice="en-us", program="espeak-ng"):
        self._program = shutil.which(program)
        if self._program is None:
            raise SpeechError(f"{program} was not found: apt-get install --no-install-recommends espeak-ng")
        self.voice = voice
        match = re.search(r"text-to-speech: (\S+)", self._run("--version")[1])
        self.version = f"espeak-ng-{match.group(1) if match else 'unknown'} soxr-{soxr.__version__}"
        code, message = self._run("-v", voice, "-q", "Hello.")
        if code:
            raise SpeechError(
                f"voice is {voice}, which {self.version} has not: {message} (`espeak-ng --voices` lists all)"
            )

    def _run(self, *arguments):
        done = subprocess.run([self._program, *arguments], capture_output=True, text=True, check=False)
        return done.returncode, (done.stdout + done.stderr).strip()

    def speak(self, text, path):
        """Writes the speech of a text to `path`, whole or not at all.

        Args:
          text: str, a sentence or several.
          path: file to write.

        Returns:
          float, seconds of speech.

        Raises:
          SpeechError: espeak-ng failed, or wrote no mono wav file.
        """
        spoken, unfinished = path + ".espeak.tmp", path + ".tmp"
        code, message = self._run("-v", self.voice, "-w", spoken, "--", text)
        try:
            if code:
                raise ValueError(f"it exited with {code}")
            samples, rate_hz = soundfile.read(spoken, dtype="float32")
            if samples.ndim != 1 or not samples.size:
                raise ValueError(f"samples have shape {samples.shape}, wanted one channel of one or more")
            samples = soxr.resample(samples, rate_hz, SAMPLE_RATE_HZ)
            # What overshoots full scale by the filter's ringing is clipped: rare, and by little.
            levels = np.clip(np.round(samples * 32768.0), -32768, 32767).astype(np.int16)
            soundfile.write(unfinished, levels, SAMPLE_RATE_HZ, subtype="PCM_16", format="WAV")
            seconds = speech_seconds(unfinished)
        except (ValueError, soundfile.SoundFileError) as error:
            raise SpeechError(f"espeak-ng did not speak {text!r}: {error} {message}".strip()) from error
        finally:
            if os.path.exists(spoken):
                os.remove(spoken)
        os.replace(unfinished, path)
        return seconds

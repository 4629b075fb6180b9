"""What every speaker of a corpus writes: mono wav files of 16 bit at 16 kHz; and the error that it raises if it cannot.

A speaker is a `flite.Flite`, an `espeak.Espeak`, or the like, with

    engine     str, name of the program, such as `flite`
    version    str, all that its bytes depend on, such as `flite-2.2-current`
    voice      str, name of the voice, such as `slt`
    speak(text, path) -> seconds of speech     writes the file whole or not at all; raises SpeechError
"""

import wave

SAMPLE_RATE_HZ = 16000


class SpeechError(RuntimeError):
    """A program that speaks is missing, lacks the voice, or wrote something other than what it was to speak."""


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

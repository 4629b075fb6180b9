"""Speakers by name: `slt`, `rms`, `awb` ... are flite's voices, `espeak` and `espeak:VOICE` are espeak-ng's."""

import espeak
import flite
from speech_wav import SpeechError


def _find(name):
    engine, _, voice = name.partition(":")
    if engine == "espeak":
        return espeak.Espeak(*filter(None, [voice]))
    return flite.Flite(name)


def find(names):
    """Finds speakers by their names.

    Args:
      names: list of str, such as `["slt", "rms", "espeak", "espeak:en-gb"]`.

    Returns:
      dict: name -> speaker (see speech_wav.py), in the order given.

    Raises:
      SpeechError: a name is that of no speaker, or its program is not installed.
      ValueError: there is none, or one is there twice.
    """
    if not names:
        raise ValueError("no speaker is given; one or more are wanted, such as slt or espeak")
    found, names_of = {}, {}
    for name in names:
        try:
            speaker = _find(name)
        except SpeechError as error:
            raise SpeechError(f"speaker {name!r}: {error}") from error
        other = names_of.setdefault((speaker.engine, speaker.voice), name)
        if name in found or other != name:
            raise ValueError(f"speaker {name!r} is there twice" + (f", as {other!r} too" if other != name else ""))
        found[name] = speaker
    return found

"""What a page asks to hear: the first message of its WebSocket, checked."""

import dataclasses
import json
import math

from tf_wavenet.serve.library import Sentences, ServedVoice


@dataclasses.dataclass(frozen=True)
class SpeakRequest:
    """One utterance. Of `sentence` and `recording` one is given."""

    voice: ServedVoice
    sentence: str | None
    recording: str | None
    speaker: str | None
    seed: int
    temperature: float


def parse(text: str, voices: dict[str, ServedVoice], sentences: Sentences) -> SpeakRequest:
    """Reads a request: a JSON object with `voice`, `sentence` or `recording`; maybe `speaker`, `seed`, `temperature`.

    Raises:
      ValueError: that names what is wrong; whether the recording is there is not looked up.
    """
    try:
        values = json.loads(text)
    except ValueError as error:
        raise ValueError(f"the request is not JSON ({error})") from error
    if not isinstance(values, dict):
        raise ValueError("the request must be a JSON object")
    unknown = sorted(set(values) - {field.name for field in dataclasses.fields(SpeakRequest)})
    if unknown:
        raise ValueError(f"the request has an unknown field {unknown[0]!r}")
    names = {name: values.get(name) for name in ("voice", "sentence", "recording", "speaker")}
    for name, value in names.items():
        if not isinstance(value, str | None):
            raise ValueError(f"{name} is {value!r}, must be a string")
    if names["voice"] not in voices:
        raise ValueError(f"voice is {names['voice']!r}, must be one of {', '.join(voices)}")
    if (names["sentence"] is None) == (names["recording"] is None):
        raise ValueError("the request must have either a sentence or a recording")
    if names["sentence"] is not None and names["sentence"] not in sentences.paths:
        raise ValueError(f"sentence is {names['sentence']!r}, which is none of the test sentences")
    voice = voices[names["voice"]]
    if names["speaker"] is not None and names["speaker"] not in voice.speakers:
        known = ", ".join(voice.speakers) or "none, since the voice has but one"
        raise ValueError(f"speaker is {names['speaker']!r}, must be one of: {known}")
    return SpeakRequest(
        **{**names, "voice": voice},
        seed=_seed(values.get("seed", 0)),
        temperature=_temperature(values.get("temperature"), voice.temperature),
    )


def _seed(value) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -(1 << 63) <= value < 1 << 63:
        raise ValueError(f"seed is {value!r}, must be an integer in [-2^63, 2^63)")
    return value


def _temperature(value, default: float) -> float:
    if value is None:
        return default
    if (
        not isinstance(value, int | float)
        or isinstance(value, bool)
        or not (0.01 <= value <= 10 and math.isfinite(value))
    ):
        raise ValueError(f"temperature is {value!r}, must be a number in [0.01, 10]")
    return float(value)

"""The key-values of a voice file (cc/engine/model/voice_keys.h), to and from a config."""

import dataclasses
from typing import Any, Mapping

import gguf

from tf_wavenet.config import AudioConfig, VoiceConfig, WaveNetConfig
from tf_wavenet.export import layout
from tf_wavenet.export.precision import PRECISIONS
from tf_wavenet.voice import shortest

ARCHITECTURE = "wavenet"
MIN_TEMPERATURE, MAX_TEMPERATURE = 1e-3, 10.0
ALIGNMENT = 64  # Bytes. Of the data's beginning and of every tensor: kernels stream whole cache lines.
FORMAT_VERSION = 5  # 4 had float32 conditioning in all; 3 no speakers; 1 and 2 the matrices in another order.

_TYPES = {
    int: gguf.GGUFValueType.UINT32,
    float: gguf.GGUFValueType.FLOAT32,
    str: gguf.GGUFValueType.STRING,
    bool: gguf.GGUFValueType.BOOL,
    tuple[str, ...]: gguf.GGUFValueType.STRING,  # Joined by commas.
}
_MODEL = {f"wavenet.{field.name}": field for field in dataclasses.fields(WaveNetConfig)}
_AUDIO = {f"wavenet.audio.{field.name}": field for field in dataclasses.fields(AudioConfig)}
del _AUDIO["wavenet.audio.mel_bands"]  # wavenet.conditioning_channels says it.
# Those that must have one value. general.architecture comes first, GGUFWriter sees to it.
_FIXED = {
    "general.architecture": ARCHITECTURE,
    "general.alignment": ALIGNMENT,
    "wavenet.panel_rows": layout.PANEL_ROWS,
}
_FORMAT = {"wavenet.format_version": int, "wavenet.precision": str, "wavenet.temperature": float}
_OPTIONAL = {"general.description": str, "wavenet.training": str}
_KEY_TYPES = {
    **{key: type(value) for key, value in _FIXED.items()},
    **_FORMAT,
    "general.name": str,
    **{key: field.type for key, field in (_MODEL | _AUDIO).items()},
    **_OPTIONAL,
}


def value_type(key: str) -> gguf.GGUFValueType:
    """Returns the type in which the file stores `key`."""
    return _TYPES[_KEY_TYPES[key]]


def encode(
    config: VoiceConfig,
    *,
    name: str,
    description: str,
    training: str,
    precision: str = "f32",
    temperature: float = 1.0,
) -> dict[str, Any]:
    """Returns all key-values of a voice in file order; empty `description` and `training` are left out."""
    values = {
        "general.architecture": ARCHITECTURE,
        "general.alignment": ALIGNMENT,
        "wavenet.format_version": FORMAT_VERSION,
        "wavenet.precision": precision,
        "wavenet.panel_rows": layout.PANEL_ROWS,
        "general.name": name,
    }
    values |= {key: getattr(config.model, field.name) for key, field in _MODEL.items()}
    values |= {key: getattr(config.audio, field.name) for key, field in _AUDIO.items()}
    values |= {"wavenet.speakers": ",".join(config.model.speakers), "wavenet.temperature": temperature}
    values |= {"general.description": description, "wavenet.training": training}
    return {key: value for key, value in values.items() if key not in _OPTIONAL or value}


def decode(values: Mapping[str, tuple[Any, gguf.GGUFValueType]]) -> VoiceConfig:
    """Checks a file's key-values and returns the config that they spell.

    Args:
      values: value and stored type by key.

    Raises:
      ValueError: for an unknown or missing key, a wrong type, or a value out of range.
    """
    architecture, _ = values.get("general.architecture", (None, None))
    if architecture != ARCHITECTURE:
        raise ValueError(f"general.architecture is {architecture!r}, must be {ARCHITECTURE!r}")
    version, _ = values.get("wavenet.format_version", (None, None))
    if isinstance(version, int) and version != FORMAT_VERSION:
        remedy = "upgrade tf_wavenet" if version > FORMAT_VERSION else "export the voice again"
        raise ValueError(f"voice file format {version}, this library reads {FORMAT_VERSION}: {remedy}")
    unknown = [key for key in values if key not in _KEY_TYPES]
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}: was the file written by a newer version?")
    missing = [key for key in _KEY_TYPES if key not in values and key not in _OPTIONAL]
    if missing:
        raise ValueError(f"key {missing[0]} is missing")
    for key, (value, stored_type) in values.items():
        if stored_type != value_type(key):
            raise ValueError(f"{key} has type {stored_type.name}, must be {value_type(key).name}")
        if key in _FIXED and value != _FIXED[key]:
            raise ValueError(f"{key} is {value!r}, must be {_FIXED[key]!r}")
    if (precision := values["wavenet.precision"][0]) not in PRECISIONS:
        raise ValueError(f"wavenet.precision is {precision!r}, must be one of {', '.join(PRECISIONS)}")
    model = {field.name: values[key][0] for key, field in _MODEL.items()}
    model["speakers"] = tuple(name for name in model["speakers"].split(",") if name)
    audio = {field.name: values[key][0] for key, field in _AUDIO.items()}
    audio |= {name: shortest(value) for name, value in audio.items() if isinstance(value, float)}
    return VoiceConfig(
        model=WaveNetConfig(**model), audio=AudioConfig(**audio, mel_bands=model["conditioning_channels"])
    )

"""WaveNet vocoder: trained in Keras, exported to a voice file, spoken by one op faster than real time.

`import tf_wavenet` is quick and needs no TensorFlow; what does need it is loaded at first use.
"""

import importlib

__version__ = "0.1.0"

# Public name -> module that defines it.
_EXPORTS = {
    "generate": "tf_wavenet.ops",
    "score": "tf_wavenet.ops",
    "fast_wavenet_inference": "tf_wavenet.ops",
    "fast_wavenet_score": "tf_wavenet.ops",
    "load_ops": "tf_wavenet.ops",
    "default_voice_path": "tf_wavenet.voices",
    "load_voice": "tf_wavenet.native",
    "AudioConfig": "tf_wavenet.config",
    "VoiceConfig": "tf_wavenet.config",
    "WaveNetConfig": "tf_wavenet.config",
}
_MODULES = ("audio", "bench", "config", "export", "models", "native", "ops", "reference", "training", "voices")

__all__ = [*_EXPORTS, *_MODULES]


def __getattr__(name: str):
    if name in _EXPORTS:
        value = getattr(importlib.import_module(_EXPORTS[name]), name)
    elif name in _MODULES:
        value = importlib.import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    return sorted([*globals(), *__all__])

"""The slow paths that define what the engine must compute: two in TensorFlow for float32, one in NumPy for integers.

`IntegerReference` needs no TensorFlow; what does need it is loaded at first use.
"""

import importlib

# Public name -> module that defines it.
_EXPORTS = {
    "CachedReference": "tf_wavenet.reference.cached",
    "IntegerModel": "tf_wavenet.reference.integer_model",
    "IntegerReference": "tf_wavenet.reference.integer",
    "IntegerResult": "tf_wavenet.reference.integer",
    "NaiveReference": "tf_wavenet.reference.naive",
    "ReferenceResult": "tf_wavenet.reference.sampling",
}

__all__ = [*_EXPORTS]


def __getattr__(name: str):
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_EXPORTS[name]), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted([*globals(), *__all__])

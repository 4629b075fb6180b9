"""The gate of integer voices:  h_q = zero + round(tanh(v_f) sigmoid(v_g) / act_scale).

The act_scale of h is 2^-15 (int16) or 2^-7 (int8) by construction, since |h| < 1. `v` is float32 `[B, 2r]`, the half
for tanh first; results are integers in float64 `[B, r]`.
"""

import numpy as np

from tf_wavenet.reference import float32
from tf_wavenet.reference.fixed_math import LIMIT, mulhrs, sigmoid_q15, tanh_q15
from tf_wavenet.reference.integer_model import SIGNED_LIMIT, ZERO

_TANH, _SIGMOID = (function(np.arange(-LIMIT, LIMIT + 1)) for function in (tanh_q15, sigmoid_q15))  # Of every argument.


def clamp(x: np.ndarray, limit) -> np.ndarray:
    """min(max(x, -limit), limit); NaN becomes -limit, as where max(NaN, b) = b."""
    return np.fmin(np.fmax(x, -np.float32(limit)), np.float32(limit))


def fixed_gate(v: np.ndarray, precision: str) -> np.ndarray:
    """In 16-bit integers: arguments in units of 2^-12 and 2^-11, halves rounded to even."""
    r = v.shape[1] // 2
    f16 = np.rint(clamp(v[:, :r] * np.float32(4096), LIMIT)).astype(np.int64)
    g16 = np.rint(clamp(v[:, r:] * np.float32(2048), LIMIT)).astype(np.int64)
    h = mulhrs(_TANH[f16 + LIMIT], _SIGMOID[g16 + LIMIT])
    if precision == "int8":
        h = np.minimum(np.maximum((h + 128) >> 8, -127), 127) + 128
    return h.astype(np.float64)


def rational_gate(v: np.ndarray, precision: str) -> np.ndarray:
    """In float32, halves rounded to even."""
    r = v.shape[1] // 2
    half = np.float32(0.5)
    tanh = float32.tanh(np.concatenate([v[:, :r], v[:, r:] * half], axis=1))  # Two calls would take twice as long.
    h = tanh[:, :r] * float32.fma(tanh[:, r:], half, half)
    unit = np.float32(128 if precision == "int8" else 32768)
    return np.rint(clamp(h * unit, SIGNED_LIMIT[precision])).astype(np.float64) + ZERO[precision]

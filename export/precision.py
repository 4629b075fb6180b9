"""The three precisions of a voice: how each stores weights, and the numbers that integer arithmetic rests on.

`cc/engine/model/voice.h` has the same table. Weights are symmetric, one scale per row: w = row_scale w_q. Activations
have one scale per tensor: x = act_scale (x_q - zero).
"""

import dataclasses

import gguf
import numpy as np


@dataclasses.dataclass(frozen=True, kw_only=True)
class IntegerNumbers:
    """Ranges of an integer precision."""

    weight_max: int  # |w_q| of a weight: the type's lowest value is left out, so that ranges are symmetric.
    signed_max: int  # |x_q - zero| of x_0 .. x_{l-1} and h.
    relu_max: int  # x_q of z_s and z_a, which are not negative and have zero 0.
    zero: int  # x_q of 0.0 in x_0 .. x_{l-1} and h.
    input_max: int  # |x_q| that the type can hold: what overflow is proven against.
    pair_max: int | None  # |w_q[2 k]| + |w_q[2 k + 1]| in a row: AVX2 adds their two products in 16 bits. None: any.
    gate_scale: float  # act_scale of h, which is in (-1, 1) by construction.

    @property
    def max_row_sum(self) -> int:
        """Largest sum|w_q| of a row whose int32 sums cannot overflow: sum|w_q| * input_max < 2^31."""
        return ((1 << 31) - 1) // self.input_max


# Of an integer voice's conditioning matrix, be its other weights int16 or int8: the engine widens it to float32.
CONDITIONING_DTYPE = np.dtype(np.int16)

# Of the float32 tensors of an integer voice: beyond these a float of some step could leave its range, unseen behind a
# clamp, and the engine refuses the voice (cc/engine/model/voice_numbers.h).
MAX_SCALE, MAX_NUMBER = np.float32(1e20), np.float32(1e30)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Precision:
    """How weights are stored. `integer` is None where they are float32."""

    type: str  # In listings of tensors.
    dtype: np.dtype
    ggml_type: gguf.GGMLQuantizationType
    integer: IntegerNumbers | None = None


PRECISIONS = {
    "f32": Precision(type="f32", dtype=np.dtype(np.float32), ggml_type=gguf.GGMLQuantizationType.F32),
    "int16": Precision(
        type="i16",
        dtype=np.dtype(np.int16),
        ggml_type=gguf.GGMLQuantizationType.I16,
        integer=IntegerNumbers(
            weight_max=32767,
            signed_max=32767,
            relu_max=32767,
            zero=0,
            input_max=32768,
            pair_max=None,
            gate_scale=2.0**-15,
        ),
    ),
    "int8": Precision(
        type="i8",
        dtype=np.dtype(np.int8),
        ggml_type=gguf.GGMLQuantizationType.I8,
        integer=IntegerNumbers(
            weight_max=127,
            signed_max=127,
            relu_max=255,
            zero=128,
            input_max=255,
            pair_max=128,
            gate_scale=2.0**-7,
        ),
    ),
}


def precision_named(name: str) -> Precision:
    """Returns the precision called `name`; raises `ValueError` if there is none."""
    if name not in PRECISIONS:
        raise ValueError(f"precision is {name!r}, must be one of {', '.join(PRECISIONS)}")
    return PRECISIONS[name]

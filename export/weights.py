"""Integer weights with one scale per row, whose int32 sums cannot overflow.

    row_scale = max(max|w| / weight_max, max(|w| + |w'|) / pair_max, sum|w| / max_row_sum)
    sum|w_q| <= max_row_sum,  |w_q| + |w_q'| <= pair_max for each pair of columns 2 k and 2 k + 1

The second line is a proof, not a hope: rounding may lift a sum past what the scale intended, so it is checked on the
integers, and scales of rows that fail grow until they hold. Conditioning alone needs no such bounds.
"""

import dataclasses

import numpy as np

from tf_wavenet.export.precision import CONDITIONING_DTYPE, IntegerNumbers
from tf_wavenet.export.rounding import Compensation, nearest

_FIRST_GROWTH = 2.0**-16  # Doubled at each attempt: a few steps for the usual excess, a bounded number for any.


@dataclasses.dataclass(frozen=True, eq=False)
class IntegerMatrix:
    """w = row_scale * values."""

    values: np.ndarray  # int64 [rows, cols]
    row_scale: np.ndarray  # float64 [rows]; 0 where a row is 0.

    @property
    def dequantized(self) -> np.ndarray:
        """float64 `[rows, cols]`."""
        return self.row_scale[:, None] * self.values


def quantize_weights(matrix: np.ndarray, moments: np.ndarray, numbers: IntegerNumbers, parts: int = 1) -> IntegerMatrix:
    """Quantizes a matrix.

    Args:
      matrix: `[rows, cols]`; a gate's prev and cur side by side, since they add into one sum.
      parts: how many matrices stand side by side; pairs of columns are counted within each.
      moments: H = X^T X of its inputs, float64 `[cols, cols]`.
      numbers: the precision's.

    Returns:
      Integers within +-`weight_max`, no row's sum of magnitudes above `max_row_sum`, no pair's above `pair_max`.
    """
    matrix = np.asarray(matrix, np.float64)
    magnitudes = np.abs(matrix)
    row_scale = np.maximum(magnitudes.max(axis=1) / numbers.weight_max, magnitudes.sum(axis=1) / numbers.max_row_sum)
    if numbers.pair_max is not None:
        row_scale = np.maximum(row_scale, pair_sums(magnitudes, parts).max(axis=1) / numbers.pair_max)
    compensation, limits = Compensation(moments), (numbers.weight_max, numbers.pair_max, parts)
    values = compensation.round(matrix, row_scale, *limits)
    growth = _FIRST_GROWTH
    while True:
        above = np.flatnonzero(np.abs(values).sum(axis=1) > numbers.max_row_sum)
        if above.size == 0:
            return IntegerMatrix(values, row_scale)
        row_scale[above] *= 1 + growth
        values[above] = compensation.round(matrix[above], row_scale[above], *limits)
        growth *= 2


def quantize_conditioning(cond: np.ndarray) -> IntegerMatrix:
    """Quantizes an integer voice's conditioning, to nearest: the engine widens it to float32, so no sum is of integers.

    Args:
      cond: float32 `[layers, 2 r, window, channels]`, as `fold` returns it.

    Returns:
      Integers `[layers 2 r, window channels]` within int16; scales that float32 holds.
    """
    matrix = cond.reshape(cond.shape[0] * cond.shape[1], -1)
    limit = int(np.iinfo(CONDITIONING_DTYPE).max)
    row_scale = np.abs(matrix).max(axis=1) / np.float32(limit)
    return IntegerMatrix(nearest(matrix, row_scale, limit), row_scale.astype(np.float64))


def pair_sums(magnitudes: np.ndarray, parts: int = 1) -> np.ndarray:
    """Returns |w[2 k]| + |w[2 k + 1]| of matrices side by side: `[rows, parts * cols]` -> `[rows, pairs]`."""
    rows = len(magnitudes)
    split = magnitudes.reshape(rows, parts, -1)
    padded = np.pad(split, ((0, 0), (0, 0), (0, split.shape[2] % 2)))
    return padded.reshape(rows, -1, 2).sum(axis=2)

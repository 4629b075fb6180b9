"""A histogram of |x| that needs no range beforehand, and the activation scale that it asks for.

Bins are the upper 16 bits of a float32: 128 to an octave, over all of float32. The scale minimises the mean squared
error of quantization over a grid of clipping thresholds: int16 ends up at the largest magnitude, or just below it; int8
gives up rare peaks for finer steps.
"""

import dataclasses

import numpy as np

_BINS = 1 << 15
_EDGES = np.arange(_BINS + 1, dtype=np.uint32) << 16  # As bits of a float32.
_INFINITY_BIN = 0x7F80
_THRESHOLD_STEP = 4  # Bins: thresholds 3 % apart.
_LOWEST_THRESHOLD = 2.0**-8  # Of the largest magnitude.
_SMALLEST = 1e-30  # Below this, an activation carries nothing, and the inverse of its scale would leave float32.


@dataclasses.dataclass(frozen=True)
class ActivationScale:
    """How one activation tensor is quantized: x_q = round(x * inverse_scale), up to `limit` in magnitude."""

    inverse_scale: np.float32
    saturated: float  # Share of the calibration's values beyond the threshold.
    sqnr_db: float  # On the calibration's values.

    @property
    def act_scale(self) -> float:
        """The step, 1 / inverse_scale."""
        return 1.0 / float(self.inverse_scale)


class Magnitudes:
    """How often each |x| came.

    Args:
      name: of the activation, for messages.
    """

    def __init__(self, name: str):
        self.name = name
        self.counts = np.zeros(_BINS, np.int64)
        self.largest = 0.0

    def add(self, x: np.ndarray) -> None:
        """Counts float32 values of any shape; raises `ValueError` unless they are finite."""
        bits = np.abs(x).ravel().view(np.uint32)
        largest = bits.max(initial=0)  # Magnitudes are ordered as their bits are.
        if largest >= _EDGES[_INFINITY_BIN]:
            raise ValueError(f"{self.name} is not finite on the recordings: the model cannot be calibrated")
        self.largest = max(self.largest, float(largest.view(np.float32)))
        self.counts += np.bincount(bits >> 16, minlength=_BINS)

    def scale(self, limit: int) -> ActivationScale:
        """Returns the scale with the least mean squared error, for integers up to `limit` in magnitude."""
        if self.largest < _SMALLEST:
            return ActivationScale(np.float32(limit), 0.0, np.inf)
        bins = np.flatnonzero(self.counts)
        low, high = (_EDGES[bins + i].view(np.float32).astype(np.float64) for i in (0, 1))
        center, width, counts = (low + np.minimum(high, self.largest)) / 2, high - low, self.counts[bins]

        grid = _EDGES[: _INFINITY_BIN + 1 : _THRESHOLD_STEP].view(np.float32).astype(np.float64)
        grid = grid[(grid >= self.largest * _LOWEST_THRESHOLD) & (grid < self.largest)]
        thresholds = np.append(grid, self.largest)
        noises = [counts @ _squared_error(center, width, threshold, limit) for threshold in thresholds]
        best = int(np.argmin(noises))
        threshold, signal = thresholds[best], counts @ center**2
        return ActivationScale(
            np.float32(limit / threshold),
            float(counts[low >= threshold].sum() / counts.sum()) if threshold < self.largest else 0.0,
            10 * float(np.log10(signal / noises[best])),
        )


def _squared_error(center: np.ndarray, width: np.ndarray, threshold: float, limit: int) -> np.ndarray:
    """Mean squared error of each bin's values: step^2 / 12 where a bin spans steps, that of its center where not."""
    step = threshold / limit
    rounded = np.where(width > step / 4, step**2 / 12, (center - step * np.round(center / step)) ** 2)
    return np.where(center > threshold, (center - threshold) ** 2, rounded)

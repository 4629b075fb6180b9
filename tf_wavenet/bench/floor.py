"""The floor: the time in which one core reads a step's weights, measured beside the speed that is compared with it.

At batch 1 a step reads every weight once, so no engine can be faster than this on the same core; nor than the time that
its best instruction takes to multiply as many numbers, the other limit. Both are measured with the instructions of the
ISA at hand: weights stream from whichever cache holds as many bytes, multiply-adds from the innermost one. Of "scalar"
that is one lane at a time; compilers vectorize some of the engine's own loops with SSE2, which may then be faster.
"""

import dataclasses
import statistics

from tf_wavenet import native

STREAM_REPEATS = 201
MULTIPLY_ADDS_REPEATS = 5


@dataclasses.dataclass(frozen=True, kw_only=True)
class Floor:
    """Median time of one pass over the weights."""

    bytes_per_sample: int
    us_per_sample: float

    @property
    def gb_per_s(self) -> float:
        """Bandwidth of the pass, in 10^9 bytes per second."""
        return self.bytes_per_sample / self.us_per_sample / 1e3


@dataclasses.dataclass(frozen=True, kw_only=True)
class Arithmetic:
    """Median rate of the best instruction, weights at hand."""

    multiply_adds_per_sample: int
    g_multiply_adds_per_s: float  # 10^9 of them.

    @property
    def us_per_sample(self) -> float:
        """Time that a step's multiply-adds take at this rate."""
        return self.multiply_adds_per_sample / self.g_multiply_adds_per_s / 1e3


class FloorMeter:
    """Measures the floor at each call, of which there is one around each timed run."""

    def __init__(self, bytes_per_sample: int, isa: str):
        self._bytes, self._isa = bytes_per_sample, isa
        self._us = []

    def __call__(self) -> None:
        """Measures."""
        padded = -(-self._bytes // 64) * 64
        seconds = native.measure_stream(padded, repeats=STREAM_REPEATS, isa=self._isa)
        self._us.append(1e6 * seconds * self._bytes / padded)

    def median(self) -> Floor:
        """Sums up the calls."""
        return Floor(bytes_per_sample=self._bytes, us_per_sample=statistics.median(self._us))


class ArithmeticMeter:
    """The same for the other limit."""

    def __init__(self, multiply_adds_per_sample: int, precision: str, isa: str):
        self._count, self._precision, self._isa = multiply_adds_per_sample, precision, isa
        self._per_second = []

    def __call__(self) -> None:
        """Measures."""
        rate = native.measure_multiply_adds(self._precision, repeats=MULTIPLY_ADDS_REPEATS, isa=self._isa)
        self._per_second.append(rate)

    def median(self) -> Arithmetic:
        """Sums up the calls."""
        rate = statistics.median(self._per_second) / 1e9
        return Arithmetic(multiply_adds_per_sample=self._count, g_multiply_adds_per_s=rate)

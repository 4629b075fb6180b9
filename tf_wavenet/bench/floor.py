"""The floor: the time in which cores read a step's weights, measured beside the speed that is compared with it.

An engine that reads every weight once for every sample cannot be faster than this on the same cores; nor than the time
that the best instruction takes to multiply as many numbers, the other limit. Both are measured with the instructions of
the ISA at hand: weights stream from whichever caches hold as many bytes, multiply-adds from the innermost ones. Left
halves that are taken for several steps in one pass, and utterances that share a pass, read less than that. Of "scalar"
the limits are one lane at a time; compilers vectorize some of the engine's own loops with SSE2, which may be faster.
"""

import contextlib
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

    def __init__(self, bytes_per_sample: int, isa: str, threads: int = 1):
        self._bytes, self._isa, self._threads = bytes_per_sample, isa, threads
        self._us = []

    def __call__(self) -> None:
        """Measures."""
        padded = -(-self._bytes // 64) * 64
        seconds = native.measure_stream(padded, threads=self._threads, repeats=STREAM_REPEATS, isa=self._isa)
        self._us.append(1e6 * seconds * self._bytes / padded)

    def median(self) -> Floor:
        """Sums up the calls."""
        return Floor(bytes_per_sample=self._bytes, us_per_sample=statistics.median(self._us))


class ArithmeticMeter:
    """The same for the other limit."""

    def __init__(self, multiply_adds_per_sample: int, precision: str, isa: str, threads: int = 1):
        self._count, self._precision, self._isa, self._threads = multiply_adds_per_sample, precision, isa, threads
        self._per_second = []

    def __call__(self) -> None:
        """Measures."""
        rate = native.measure_multiply_adds(
            self._precision, threads=self._threads, repeats=MULTIPLY_ADDS_REPEATS, isa=self._isa
        )
        self._per_second.append(rate)

    def median(self) -> Arithmetic:
        """Sums up the calls."""
        rate = statistics.median(self._per_second) / 1e9
        return Arithmetic(multiply_adds_per_sample=self._count, g_multiply_adds_per_s=rate)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of a step, of one or more cores together."""

    threads: int
    floor: Floor
    arithmetic: Arithmetic
    handover_ns: float | None  # How long a word takes from core to core; None of one core.

    def us_per_sample(self, batch: int) -> float:
        """The least time of a sample where `batch` utterances share each pass over the weights."""
        return max(self.floor.us_per_sample / batch, self.arithmetic.us_per_sample)


class LimitsMeter:
    """Measures them at each call."""

    def __init__(self, bytes_per_sample: int, multiply_adds_per_sample: int, precision: str, isa: str, threads: int):
        self._floor = FloorMeter(bytes_per_sample, isa, threads)
        self._arithmetic = ArithmeticMeter(multiply_adds_per_sample, precision, isa, threads)
        self._threads, self._handover_ns = threads, []

    def __call__(self) -> None:
        """Measures."""
        self._floor()
        self._arithmetic()
        if self._threads > 1:
            # It may change within minutes: a virtual machine's cores are moved about.
            with contextlib.suppress(RuntimeError):  # Of a process that may use one CPU only.
                self._handover_ns.append(1e9 * native.measure_handover())

    def median(self) -> Limits:
        """Sums up the calls."""
        return Limits(
            threads=self._threads,
            floor=self._floor.median(),
            arithmetic=self._arithmetic.median(),
            handover_ns=statistics.median(self._handover_ns) if self._handover_ns else None,
        )

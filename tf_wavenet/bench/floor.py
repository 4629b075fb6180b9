"""The floor: the time in which one core reads a step's weights, measured beside the speed that is compared with it.

At batch 1 a step reads every weight once, so no f32 engine can be faster than this on the same core.
"""

import dataclasses
import statistics

from tf_wavenet import native

REPEATS = 201


@dataclasses.dataclass(frozen=True, kw_only=True)
class Floor:
    """Median time of one pass over the weights."""

    bytes_per_sample: int
    us_per_sample: float

    @property
    def gb_per_s(self) -> float:
        """Bandwidth of the pass, in 10^9 bytes per second."""
        return self.bytes_per_sample / self.us_per_sample / 1e3


def measure(bytes_per_sample: int, isa: str) -> float:
    """Returns microseconds of one pass over `bytes_per_sample` bytes with the loads of `isa`."""
    padded = -(-bytes_per_sample // 64) * 64
    return 1e6 * native.measure_stream(padded, repeats=REPEATS, isa=isa) * bytes_per_sample / padded


def median(bytes_per_sample: int, measured_us: list[float]) -> Floor:
    """Sums up the passes that were measured around the timed runs."""
    return Floor(bytes_per_sample=bytes_per_sample, us_per_sample=statistics.median(measured_us))

"""Median of repeated runs, with its spread."""

import dataclasses
import statistics
import time
from collections.abc import Callable


@dataclasses.dataclass(frozen=True, kw_only=True)
class Timing:
    """Microseconds per sample: median, fastest and slowest of the repeats."""

    median_us: float
    min_us: float
    max_us: float

    def times_real_time(self, sample_rate_hz: int) -> float:
        """How many seconds of audio a second of computing gives."""
        return 1e6 / self.median_us / sample_rate_hz


def measure(generate: Callable, count: int, repeats: int, between: Callable = lambda: None) -> Timing:
    """Times `generate(count)`; one run beforehand traces, compiles and warms the caches. `between` runs around each."""
    generate(count)
    between()
    us = []
    for _ in range(repeats):
        start = time.perf_counter()
        generate(count)
        us.append(1e6 * (time.perf_counter() - start) / count)
        between()
    return Timing(median_us=statistics.median(us), min_us=min(us), max_us=max(us))

"""Measures what bounds a step of a given cost on one core of this machine, with the meters of `bench --floor`."""

from tf_wavenet.bench.floor import ArithmeticMeter, FloorMeter
from tf_wavenet.cost import Limits, StepCost


class CostLimits:
    """Measures the limits that are not given. A core's rate of multiply-adds is measured once for each precision, its
    bandwidth once for each number of bytes, since that says which cache they come from."""

    def __init__(self, isa: str):
        self._isa = isa
        self._peaks, self._bandwidths = {}, {}

    def __call__(self, cost: StepCost, given: Limits) -> Limits:
        """Returns both limits of a step."""
        peak, bandwidth = given.g_multiply_adds_per_s, given.gb_per_s
        if peak is None:
            if cost.precision not in self._peaks:
                meter = ArithmeticMeter(cost.multiply_adds, cost.precision, self._isa)
                meter()
                self._peaks[cost.precision] = meter.median().g_multiply_adds_per_s
            peak = self._peaks[cost.precision]
        if bandwidth is None:
            if cost.streamed_bytes not in self._bandwidths:
                meter = FloorMeter(cost.streamed_bytes, self._isa)
                meter()
                self._bandwidths[cost.streamed_bytes] = meter.median().gb_per_s
            bandwidth = self._bandwidths[cost.streamed_bytes]
        return Limits(g_multiply_adds_per_s=peak, gb_per_s=bandwidth)

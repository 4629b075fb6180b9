"""How fast a step can be at best, of one utterance, where every step reads all weights. How near an engine comes is
another question; one that shares a pass over the weights among steps or utterances is bound by arithmetic alone.

arithmetic = multiply-adds / multiply-adds per second        the talk's "theoretical peak"
stream     = bytes of weights / bytes per second             which the talk leaves out
bound      = the longer of the two
"""

import dataclasses

from tf_wavenet.cost.step import StepCost


@dataclasses.dataclass(frozen=True, kw_only=True)
class Limits:
    """What one core can do; None: not known."""

    g_multiply_adds_per_s: float | None = None  # 10^9 multiply-adds per second.
    gb_per_s: float | None = None  # 10^9 bytes per second, read from where as many bytes lie as a step streams.

    def __post_init__(self):
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value is not None and not 0 < value < float("inf"):
                raise ValueError(f"{field.name} is {value}, must be positive and finite")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bound:
    """Least time of a step on one core, in microseconds; None where the limit is not known. One of them is."""

    arithmetic_us: float | None
    stream_us: float | None

    @property
    def us_per_sample(self) -> float:
        """The longer of the two."""
        return max(us for us in (self.arithmetic_us, self.stream_us) if us is not None)

    @property
    def bound_by(self) -> str:
        """Which of the two that is: "arithmetic" or "stream"."""
        return "stream" if self.stream_us == self.us_per_sample else "arithmetic"

    def times_real_time(self, sample_rate_hz: float, cores: int = 1) -> float:
        """Seconds of audio per second, if `cores` cores did just `cores` times as much."""
        return cores * 1e6 / self.us_per_sample / sample_rate_hz


def bound(cost: StepCost, limits: Limits) -> Bound | None:
    """Returns the bound of a step; None if neither limit is known."""
    if limits == Limits():
        return None
    peak, bandwidth = limits.g_multiply_adds_per_s, limits.gb_per_s
    return Bound(
        arithmetic_us=cost.multiply_adds / peak / 1e3 if peak is not None else None,
        stream_us=cost.streamed_bytes / bandwidth / 1e3 if bandwidth is not None else None,
    )

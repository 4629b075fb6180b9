"""Times the engine beside the floor: one voice after another, each on several ISAs, verified before it is timed.

What is timed is one call of an open engine on one core: conditioning, all steps, sampling. Around each run the two
limits of a step are measured (floor.py).
"""

import dataclasses
from collections.abc import Sequence

import tqdm

from tf_wavenet import native
from tf_wavenet.bench import oracles, plain, streams
from tf_wavenet.bench.floor import Arithmetic, Floor, LimitsMeter
from tf_wavenet.bench.oracles import Verified
from tf_wavenet.bench.subject import Subject
from tf_wavenet.bench.timing import Timing


@dataclasses.dataclass(frozen=True, kw_only=True)
class IsaResult:
    """One row of the table: a voice on one ISA, and the two limits of a step there."""

    isa: str
    timing: Timing
    times_real_time: float
    floor: Floor
    arithmetic: Arithmetic

    @property
    def gb_per_s(self) -> float:
        """Weights that the engine streams, in 10^9 bytes per second."""
        return self.floor.bytes_per_sample / self.timing.median_us / 1e3

    @property
    def g_multiply_adds_per_s(self) -> float:
        """Multiply-adds of the engine, in 10^9 per second; conditioning and nonlinearities are not counted."""
        return self.arithmetic.multiply_adds_per_sample / self.timing.median_us / 1e3

    @property
    def fraction_of_floor(self) -> float:
        """Share of the machine's streaming speed that the engine reaches."""
        return self.floor.us_per_sample / self.timing.median_us

    @property
    def fraction_of_arithmetic(self) -> float:
        """Share of the ISA's best multiply-add rate that the engine reaches."""
        return self.arithmetic.us_per_sample / self.timing.median_us

    @property
    def bound_by(self) -> str:
        """The higher of the two limits: a step cannot take less than it."""
        return "stream" if self.floor.us_per_sample >= self.arithmetic.us_per_sample else "arithmetic"


@dataclasses.dataclass(frozen=True, kw_only=True)
class VoiceResult:
    """A voice, how it was verified, and its rows."""

    subject: Subject
    verified: Verified
    rows: Sequence[IsaResult]


def run(subjects: Sequence[Subject], isas: Sequence[str], repeats: int) -> list[VoiceResult]:
    """Verifies and times.

    Args:
      subjects: the voices; their own `isa` does not count.
      isas: names, worst first; voices are verified on the last.
      repeats: timed runs of each row.

    Raises:
      ValueError: if a voice's nonlinearities cannot be verified.
      RuntimeError: if a voice disagrees with its oracle, or an ISA with the best one; nothing wrong is ever timed.
    """
    for subject in subjects:
        oracles.require_oracle(subject)
    results = []
    with tqdm.tqdm(total=len(subjects) * len(isas), desc="bench", unit="row") as progress:
        for subject in subjects:
            verified = oracles.verify(subject, isas)
            rows = []
            for isa in reversed(isas):
                rows.append(_time(subject, isa, repeats))
                progress.update()
            results.append(VoiceResult(subject=subject, verified=verified, rows=rows))
    return results


def _time(subject: Subject, isa: str, repeats: int) -> IsaResult:
    multiply_adds = subject.config.model.weights_per_sample
    with native.Engine(subject.voice_path, num_threads=1, isa=isa, nonlinearities=subject.nonlinearities) as engine:
        plain.require_same_bits(f"{subject.name} {subject.precision} on {isa}", engine, subject, isa, batch=1)
        meter = LimitsMeter(engine.info.weight_bytes_per_sample, multiply_adds, subject.precision, isa, threads=1)
        timed = streams.time_calls(engine, subject, 1, repeats, meter)
    limits = meter.median()
    return IsaResult(
        isa=isa,
        timing=timed,
        times_real_time=timed.times_real_time(subject.sample_rate_hz),
        floor=limits.floor,
        arithmetic=limits.arithmetic,
    )

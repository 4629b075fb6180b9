"""Runs the ladder on one subject: every rung is verified against its oracle, then timed."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import tqdm

from tf_wavenet import native
from tf_wavenet.bench import agreement, oracles, timing
from tf_wavenet.bench.agreement import Agreement
from tf_wavenet.bench.floor import Floor, FloorMeter
from tf_wavenet.bench.rungs import LADDERS, Rung
from tf_wavenet.bench.subject import Subject
from tf_wavenet.bench.timing import Timing


@dataclasses.dataclass(frozen=True, kw_only=True)
class RungResult:
    """One row of the table. `floor` is the engine's alone."""

    name: str
    timing: Timing
    times_real_time: float
    oracle: str | None
    exact: bool  # It had to equal its oracle, and does.
    agreement: Agreement | None
    floor: Floor | None = None

    @property
    def fraction_of_floor(self) -> float | None:
        """Share of the machine's streaming speed that the engine reaches, at most about 1."""
        return self.floor.us_per_sample / self.timing.median_us if self.floor else None


def run(subject: Subject, names: Sequence[str], repeats: int) -> list[RungResult]:
    """Verifies and times the rungs called `names`.

    Raises:
      ValueError: for an unknown rung, or nonlinearities that cannot be verified.
      RuntimeError: if a rung disagrees with its oracle; nothing wrong is ever timed.
    """
    oracles.require_oracle(subject)
    ladder = LADDERS[subject.precision]
    known = {rung.name: rung for rung in ladder}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(
            f"no rung of an {subject.precision} voice is called {', '.join(unknown)}; there are {', '.join(known)}"
        )
    made = {}

    def make(rung: Rung):
        if rung.name not in made:
            made[rung.name] = rung.make(subject)
        return made[rung.name]

    results = []
    for rung in tqdm.tqdm([rung for rung in ladder if rung.name in names], desc="bench", unit="rung"):
        generate, score = make(rung)
        agreed = None
        if rung.oracle:
            _, oracle_score = make(known[rung.oracle])
            agreed = _verify(rung, score, oracle_score, subject)
        results.append(_time(rung, generate, agreed, subject, repeats))
    return results


def _verify(rung: Rung, score: Callable, oracle_score: Callable, subject: Subject) -> Agreement:
    """Compares two stretches: the start, where history is silence, and one where every layer sees samples."""
    count = min(rung.verify_samples, subject.samples.size // 2)
    late = min(subject.config.model.receptive_field_samples, subject.samples.size - count)
    stretches = [(first, count) for first in (0, late)]
    logits, samples = _joined(score, stretches)
    agreed = agreement.compare(logits, samples, *_joined(oracle_score, stretches))
    if not agreed.within(rung.exact):
        raise RuntimeError(f"{rung.name} disagrees with {rung.oracle}: {agreed}")
    return agreed


def _joined(score: Callable, stretches: list[tuple[int, int]]) -> list[np.ndarray]:
    return [np.concatenate(parts, axis=1) for parts in zip(*(score(*stretch) for stretch in stretches))]


def _time(rung: Rung, generate: Callable, agreed: Agreement | None, subject: Subject, repeats: int) -> RungResult:
    count = min(rung.timed_samples, subject.samples.size)
    measured = None
    if rung.whole_frames:
        count = subject.frames_for(count) * subject.config.audio.hop_samples
    if rung.engine:
        meter = FloorMeter(native.voice_info(subject.voice_path).weight_bytes_per_sample, subject.isa)
        timed = timing.measure(generate, count, repeats, meter)
        measured = meter.median()
    else:
        timed = timing.measure(generate, count, repeats)
    return RungResult(
        name=rung.name,
        timing=timed,
        times_real_time=timed.times_real_time(subject.config.audio.sample_rate_hz),
        oracle=rung.oracle,
        exact=rung.exact,
        agreement=agreed,
        floor=measured,
    )

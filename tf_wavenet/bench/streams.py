"""Times the engine as it is used: so many utterances at once, on all cores, beside what the cores can do.

The batch's utterances are equally long, so that all of them speak to the end. What is timed is one call of an open
engine: conditioning, all steps, sampling. Around each run the limits of as many cores are measured.
"""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import tqdm

from tf_wavenet import native
from tf_wavenet.bench import oracles, plain, timing
from tf_wavenet.bench.floor import Limits, LimitsMeter
from tf_wavenet.bench.oracles import Verified
from tf_wavenet.bench.subject import Subject
from tf_wavenet.bench.timing import Timing

# A run takes about so long at most.
MAX_RUN_SECONDS = 1.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class BatchResult:
    """One row: a voice, a batch, how the engine spoke it."""

    batch: int
    plan: native.Plan
    timing: Timing  # Per sample, of all utterances together.
    times_real_time: float  # Seconds of audio, of all utterances together, in a second.
    limits: Limits

    @property
    def fraction_of_floor(self) -> float:
        """Share of the speed at which as many cores stream the weights: above 1 where utterances share a pass."""
        return self.limits.floor.us_per_sample / self.timing.median_us

    @property
    def fraction_of_arithmetic(self) -> float:
        """Share of the best multiply-add rate of as many cores."""
        return self.limits.arithmetic.us_per_sample / self.timing.median_us


@dataclasses.dataclass(frozen=True, kw_only=True)
class StreamsResult:
    """A voice, how it was verified, and its rows."""

    subject: Subject
    verified: Verified
    isa: str
    rows: Sequence[BatchResult]


def run(
    subjects: Sequence[Subject], batches: Sequence[int], repeats: int, *, isa: str, num_threads: int, schedule: str
) -> list[StreamsResult]:
    """Verifies and times.

    Raises:
      ValueError: if a voice's nonlinearities cannot be verified.
      RuntimeError: if a voice disagrees with its oracle, or a batch with one thread; nothing wrong is ever timed.
    """
    for subject in subjects:
        oracles.require_oracle(subject)
    results = []
    with tqdm.tqdm(total=len(subjects) * len(batches), desc="bench", unit="row") as progress:
        for subject in subjects:
            verified = oracles.verify(subject, [isa])
            options = {"isa": isa, "nonlinearities": subject.nonlinearities}
            rows = []
            with native.Engine(subject.voice_path, num_threads=num_threads, schedule=schedule, **options) as engine:
                for batch in batches:
                    rows.append(time_batch(engine, subject, isa, batch, repeats))
                    progress.update()
            results.append(StreamsResult(subject=subject, verified=verified, isa=isa, rows=rows))
    return results


def time_batch(engine: native.Engine, subject: Subject, isa: str, batch: int, repeats: int) -> BatchResult:
    """Times `batch` utterances at once; raises `RuntimeError` if they are not what one thread speaks."""
    plan = engine.plan(batch)
    plain.require_same_bits(f"{subject.name} {subject.precision}, {plan}", engine, subject, isa, batch)
    multiply_adds, threads = subject.config.model.weights_per_sample, plan.teams * plan.threads
    meter = LimitsMeter(engine.info.weight_bytes_per_sample, multiply_adds, subject.precision, isa, threads)
    timed = time_calls(engine, subject, batch, repeats, meter)
    return BatchResult(
        batch=batch,
        plan=plan,
        timing=timed,
        times_real_time=timed.times_real_time(subject.sample_rate_hz),
        limits=meter.median(),
    )


def time_calls(engine: native.Engine, subject: Subject, batch: int, repeats: int, meter: Callable[[], None]) -> Timing:
    """Times calls that speak `batch` utterances of equal length; the time is per sample of all of them together."""
    hop = subject.config.audio.hop_samples
    conditioning = np.stack([np.roll(subject.conditioning, row, axis=0) for row in range(batch)])
    seeds = subject.seed + np.arange(batch)

    def generate(count: int) -> None:
        engine.generate(conditioning[:, : count // batch // hop], seed=seeds)

    frame_seconds = 1e-6 * hop * batch * timing.measure(generate, hop * batch, 1).median_us
    frames = max(1, min(len(subject.conditioning), int(MAX_RUN_SECONDS / frame_seconds)))
    return timing.measure(generate, frames * hop * batch, repeats, meter)

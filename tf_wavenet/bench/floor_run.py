"""Times the engine beside the floor: one voice after another, each on several ISAs, verified before it is timed.

What is timed is one call of `native.generate` on one core: opening and checking the voice, conditioning, all steps,
sampling. Around each run the two limits of a step are measured (floor.py).
"""

import dataclasses
from collections.abc import Sequence

import tqdm

from tf_wavenet import native
from tf_wavenet.bench import oracles, timing
from tf_wavenet.bench.floor import Arithmetic, ArithmeticMeter, Floor, FloorMeter
from tf_wavenet.bench.oracles import Verified
from tf_wavenet.bench.subject import Subject
from tf_wavenet.bench.timing import Timing

# A run takes about so long at most, whatever the ISA: where a sample takes milliseconds it speaks less.
MAX_RUN_SECONDS = 1.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class IsaResult:
    """One row of the table: a voice on one ISA, and the two limits of a step there."""

    isa: str
    samples: int  # In each timed run.
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
    voice, hop = native.load_voice(subject.voice_path), subject.config.audio.hop_samples
    options = {"seed": subject.seed, "isa": isa, "nonlinearities": subject.nonlinearities}

    def generate(count: int) -> None:
        native.generate(voice, subject.conditioning[: count // hop], **options)

    frame_seconds = 1e-6 * hop * timing.measure(generate, hop, 1).median_us
    frames = max(1, min(len(subject.conditioning), int(MAX_RUN_SECONDS / frame_seconds)))
    floor = FloorMeter(voice.info.weight_bytes_per_sample, isa)
    arithmetic = ArithmeticMeter(subject.config.model.weights_per_sample, subject.precision, isa)

    def measure_limits() -> None:
        floor()
        arithmetic()

    timed = timing.measure(generate, frames * hop, repeats, measure_limits)
    return IsaResult(
        isa=isa,
        samples=frames * hop,
        timing=timed,
        times_real_time=timed.times_real_time(subject.config.audio.sample_rate_hz),
        floor=floor.median(),
        arithmetic=arithmetic.median(),
    )

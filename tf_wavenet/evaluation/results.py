"""What an evaluation found: of each system and sentence, and over the test set."""

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np

from tf_wavenet.evaluation.contender import Contender
from tf_wavenet.evaluation.likelihood import Likelihood
from tf_wavenet.evaluation.metric import Metric
from tf_wavenet.evaluation.sentences import Sentence
from tf_wavenet.evaluation.statistics import Estimate, estimate, paired_difference
from tf_wavenet.evaluation.systems import Generation, System


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Evaluated:
    """Measures of one system on one sentence."""

    name: str  # Of the sentence.
    seconds: float  # Of audio.
    times_real_time: float  # Of the free runs.
    metrics: Mapping[str, float]  # By the keys of METRICS, the mean over takes that have a value; NaN where none has.
    likelihood: Likelihood | None = None  # Of voices.
    equal: bool | None = None  # Of schedules: whether all samples are those of the voice's first take.
    audio: np.ndarray | None = None  # float32 [T] of the first take, if it was to be kept.


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Evaluation:
    """Systems side by side on the same sentences."""

    systems: Sequence[System]
    sentences: Sequence[Sentence]
    metrics: Mapping[str, Metric]
    reference: Contender | None  # Voice of one of the systems.
    generation: Generation
    results: Sequence[Sequence[Evaluated]]  # Of each system: one for each sentence.
    originals: Sequence[np.ndarray] | None = None  # float32 [T] of each sentence, at the first system's rate, if kept.

    def estimates(self, index: int) -> dict[str, Estimate]:
        """Returns the mean of each metric over the sentences that have a value, of a system."""
        return {key: estimate(self._values(index, key)) for key in self.metrics}

    def differences(self, index: int) -> dict[str, Estimate] | None:
        """Returns each metric less the reference's, paired by sentence; None for what is not held against it."""
        at = self.reference_index
        if at is None or not self._compared(index):
            return None
        return {key: paired_difference(self._values(index, key), self._values(at, key)) for key in self.metrics}

    def within(self, index: int) -> dict[str, bool] | None:
        """Returns for each metric whether the system's mean differs from the reference's by less than the confidence
        interval of the reference's (its half width); None for what is not held against it. A metric that has no
        interval is not within it."""
        differences = self.differences(index)
        if differences is None:
            return None
        intervals = self.estimates(self.reference_index)
        return {key: abs(d.mean) < intervals[key].half_width for key, d in differences.items()}

    def likelihood(self, index: int) -> Likelihood | None:
        """Returns a voice's mean over all samples, `kl_max_nats` the maximum; None for what is no voice."""
        likelihoods = [result.likelihood for result in self.results[index]]
        if any(likelihood is None for likelihood in likelihoods):
            return None
        mean = lambda field: self._by_length(index, [getattr(likelihood, field) for likelihood in likelihoods])
        return Likelihood(
            bits_per_sample=mean("bits_per_sample"),
            kl_mean_nats=mean("kl_mean_nats"),
            kl_max_nats=float(np.max([likelihood.kl_max_nats for likelihood in likelihoods])),
            equal_draws=mean("equal_draws"),
        )

    def bits_difference(self, index: int) -> float:
        """Returns a voice's bits per sample less the reference's; NaN for what is not held against it."""
        at = self.reference_index
        ours = self.likelihood(index) if self._compared(index) else None
        if at is None or ours is None:
            return math.nan
        return ours.bits_per_sample - self.likelihood(at).bits_per_sample

    def seconds(self, index: int) -> float:
        """Returns the length of all sentences."""
        return sum(result.seconds for result in self.results[index])

    def times_real_time(self, index: int) -> float:
        """Returns a system's speed over all sentences."""
        return self.seconds(index) / sum(result.seconds / result.times_real_time for result in self.results[index])

    def equal(self, index: int) -> bool | None:
        """Returns whether a schedule spoke every sample as the voice's first take did; None for other kinds."""
        found = [result.equal for result in self.results[index]]
        return None if any(equal is None for equal in found) else all(found)

    @property
    def reference_index(self) -> int | None:
        """Of the reference among the systems; None if there is none."""
        if self.reference is None:
            return None
        return next(i for i, s in enumerate(self.systems) if s.kind == "voice" and s.contender is self.reference)

    def _compared(self, index: int) -> bool:
        system = self.systems[index]
        if self.reference is None or system.kind != "voice" or system.contender is self.reference:
            return False
        return system.contender.fits(self.reference)

    def _values(self, index: int, key: str) -> list[float]:
        return [result.metrics[key] for result in self.results[index]]

    def _by_length(self, index: int, values: Sequence[float]) -> float:
        return float(np.average(values, weights=[result.seconds for result in self.results[index]]))

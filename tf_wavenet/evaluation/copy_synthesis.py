"""Copy synthesis: voices speak the features of recordings freely, and the result is held against them; and how likely
the recordings are to the voices."""

import dataclasses
import math
import time
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from tf_wavenet import audio, synthesis
from tf_wavenet.evaluation.contender import Contender
from tf_wavenet.evaluation.likelihood import Likelihood, compare
from tf_wavenet.evaluation.metrics import Metric
from tf_wavenet.evaluation.sentences import Sentence


@dataclasses.dataclass(frozen=True)
class Evaluated:
    """Measures of one sentence, or their means."""

    name: str
    seconds: float  # Of audio.
    times_real_time: float  # Of the free run.
    likelihood: Likelihood
    metrics: Mapping[str, float]  # By the keys of METRICS; NaN where a measure has no value.


def evaluate(
    contenders: Sequence[Contender],
    sentence: Sentence,
    metrics: Mapping[str, Metric],
    *,
    reference: Contender | None = None,
    seed: int = 0,
    temperature: float = 1.0,
    num_threads: int = 0,
    isa: str = "",
) -> list[Evaluated]:
    """Evaluates voices on one sentence.

    Args:
      contenders: the voices.
      sentence: the recording.
      metrics: what to measure of free-running speech, a part of `METRICS`.
      reference: one of `contenders`, which those that fit it are held against; None = no comparison.
      seed: of the free run, and of the draws that are compared.
      temperature: of the free run.
      num_threads, isa: as in `native.generate`.

    Returns:
      The measures of each voice.

    Raises:
      FileNotFoundError, ValueError: if the recording cannot be read.
    """
    recordings = _Recordings(sentence)
    options = {"seed": seed, "num_threads": num_threads, "isa": isa}
    likelihoods = _likelihoods(contenders, recordings, reference, options)
    results = []
    for contender in contenders:
        original, mel = recordings.of(contender)
        rate_hz = contender.config.audio.sample_rate_hz
        spoken, seconds = _speak(contender, mel, temperature=temperature, **options)
        spoken = audio.decode(spoken[: original.size], contender.config.model.output_channels)
        results.append(
            Evaluated(
                name=sentence.name,
                seconds=original.size / rate_hz,
                times_real_time=len(mel) * contender.config.audio.hop_samples / rate_hz / seconds,
                likelihood=likelihoods[id(contender)],
                metrics={key: metric.measure(original, spoken, rate_hz) for key, metric in metrics.items()},
            )
        )
    return results


def mean_of(results: Sequence[Evaluated]) -> Evaluated:
    """Returns the mean over sentences: of metrics each counts once (those without a value not at all), of what is
    measured per sample and of speed by its length. `seconds` is the sum, `kl_max_nats` the maximum."""
    seconds = np.array([result.seconds for result in results])
    likelihoods = [result.likelihood for result in results]
    by_length = lambda values: float(np.average(list(values), weights=seconds))
    return Evaluated(
        name=f"mean of {len(results)}",
        seconds=float(seconds.sum()),
        times_real_time=float(seconds.sum() / (seconds / [result.times_real_time for result in results]).sum()),
        likelihood=Likelihood(
            bits_per_sample=by_length(likelihood.bits_per_sample for likelihood in likelihoods),
            kl_mean_nats=by_length(likelihood.kl_mean_nats for likelihood in likelihoods),
            kl_max_nats=float(np.max([likelihood.kl_max_nats for likelihood in likelihoods])),
            equal_draws=by_length(likelihood.equal_draws for likelihood in likelihoods),
        ),
        metrics={key: _mean_of_finite(result.metrics[key] for result in results) for key in results[0].metrics},
    )


def metric_differences(results: Sequence[Evaluated], reference: Sequence[Evaluated]) -> dict[str, float]:
    """Returns for each metric the mean difference to the reference's, over the sentences where both have a value."""
    return {
        key: _mean_of_finite(ours.metrics[key] - theirs.metrics[key] for ours, theirs in zip(results, reference))
        for key in results[0].metrics
    }


class _Recordings:
    """A sentence as the voices hear it; read once for voices that hear it alike."""

    def __init__(self, sentence: Sentence):
        self._sentence = sentence
        self._cache = {}

    def of(self, contender: Contender) -> tuple[np.ndarray, np.ndarray]:
        """Returns float audio `[T]` and float32 features `[ceil(T / hop), C]`."""
        config = contender.config.audio
        if config not in self._cache:
            original = audio.read_wav(self._sentence.path, config.sample_rate_hz)
            self._cache[config] = original, audio.log_mel(original, config)
        return self._cache[config]


def _likelihoods(
    contenders: Sequence[Contender], recordings: _Recordings, reference: Contender | None, options: dict
) -> dict[int, Likelihood]:
    """Returns the likelihood of the recording to each voice, by its id: those that fit the reference together."""
    together = [contender for contender in contenders if reference is not None and contender.fits(reference)]
    alone = [[contender] for contender in contenders if contender not in together]
    found = {}
    for group in [together, *alone] if together else alone:
        original, mel = recordings.of(group[0])
        measured = compare(
            [contender.voice for contender in group],
            audio.encode(original, group[0].config.model.output_channels),
            mel,
            reference=reference.voice if group is together else None,
            nonlinearities=[contender.nonlinearities for contender in group],
            **options,
        )
        found.update(zip(map(id, group), measured))
    return found


def _speak(contender: Contender, mel: np.ndarray, **options) -> tuple[np.ndarray, float]:
    """Returns the levels spoken, int32 `[F * hop]`, and the seconds it took."""
    started = time.perf_counter()
    chunks = list(synthesis.speak(contender.voice, mel, nonlinearities=contender.nonlinearities, **options))
    seconds = time.perf_counter() - started
    return np.concatenate(chunks), seconds


def _mean_of_finite(values: Iterable[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return float(np.mean(finite)) if finite else math.nan

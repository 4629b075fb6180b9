"""Copy synthesis: a voice speaks the features of recordings freely, and the result is held against them."""

import dataclasses
import math
import time
from collections.abc import Mapping, Sequence

import numpy as np

from tf_wavenet import audio, native, synthesis
from tf_wavenet.config import VoiceConfig
from tf_wavenet.evaluation.likelihood import bits_per_sample
from tf_wavenet.evaluation.metrics import Metric
from tf_wavenet.evaluation.sentences import Sentence


@dataclasses.dataclass(frozen=True)
class Evaluated:
    """Measures of one sentence, or their means."""

    name: str
    seconds: float  # Of audio.
    times_real_time: float
    bits_per_sample: float  # Teacher-forced, temperature 1.
    metrics: Mapping[str, float]  # By the keys of METRICS; NaN where a measure has no value.


def evaluate(
    voice: native.Voice,
    config: VoiceConfig,
    sentence: Sentence,
    metrics: Mapping[str, Metric],
    *,
    num_threads: int = 0,
    isa: str = "",
    **generation,
) -> Evaluated:
    """Evaluates one sentence.

    Args:
      voice: a loaded voice.
      config: its config, which says how its features are computed.
      sentence: the recording.
      metrics: what to measure, a part of `METRICS`.
      num_threads, isa: as in `native.generate`.
      **generation: `seed` and `temperature` of the free run.

    Returns:
      The measures.

    Raises:
      FileNotFoundError, ValueError: if the recording cannot be read.
    """
    rate_hz, levels = config.audio.sample_rate_hz, config.model.output_channels
    original = audio.read_wav(sentence.path, rate_hz)
    mel = audio.log_mel(original, config.audio)
    started = time.perf_counter()
    chunks = list(synthesis.speak(voice, mel, num_threads=num_threads, isa=isa, **generation))
    elapsed = time.perf_counter() - started
    spoken = audio.decode(np.concatenate(chunks)[: original.size], levels)
    return Evaluated(
        name=sentence.name,
        seconds=original.size / rate_hz,
        times_real_time=len(mel) * config.audio.hop_samples / rate_hz / elapsed,
        bits_per_sample=bits_per_sample(voice, audio.encode(original, levels), mel, num_threads=num_threads, isa=isa),
        metrics={key: metric.measure(original, spoken, rate_hz) for key, metric in metrics.items()},
    )


def mean_of(results: Sequence[Evaluated]) -> Evaluated:
    """Returns the mean over sentences: of metrics each counts once (those without a value not at all), of bits per
    sample and speed by its length. `seconds` is the sum."""
    seconds = np.array([result.seconds for result in results])
    keys = results[0].metrics
    return Evaluated(
        name=f"mean of {len(results)}",
        seconds=float(seconds.sum()),
        times_real_time=float(seconds.sum() / (seconds / [result.times_real_time for result in results]).sum()),
        bits_per_sample=float(np.average([result.bits_per_sample for result in results], weights=seconds)),
        metrics={key: _mean_of_finite([result.metrics[key] for result in results]) for key in keys},
    )


def _mean_of_finite(values: Sequence[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return float(np.mean(finite)) if finite else math.nan

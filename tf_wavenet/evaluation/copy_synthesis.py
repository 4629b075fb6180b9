"""Copy synthesis: systems speak the features of recordings freely, and the result is held against them; and how likely
the recordings are to the voices among them."""

import dataclasses
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from tf_wavenet import audio
from tf_wavenet.evaluation.contender import Contender
from tf_wavenet.evaluation.likelihood import Likelihood, compare
from tf_wavenet.evaluation.metric import Metric
from tf_wavenet.evaluation.recordings import Recordings
from tf_wavenet.evaluation.results import Evaluated, Evaluation
from tf_wavenet.evaluation.sentences import Sentence
from tf_wavenet.evaluation.systems import Generation, System


def evaluate_systems(
    systems: Sequence[System],
    sentences: Sequence[Sentence],
    metrics: Mapping[str, Metric],
    *,
    reference: Contender | None = None,
    generation: Generation = Generation(),
    likelihoods: bool = True,
    keep_audio: bool = False,
    progress: Callable[[Sequence[Sentence]], Iterable[Sentence]] = iter,
) -> Evaluation:
    """Evaluates systems on sentences.

    Args:
      systems: see `all_systems`. One of kind "schedule" follows the "voice" that it must equal.
      sentences: the recordings.
      metrics: what to measure of the speech, a part of `METRICS`.
      reference: voice of one of `systems`, which those that fit it are held against; None = no comparison.
      generation: how voices speak; its seed is that of the draws that are compared, too.
      likelihoods: False = no teacher-forced measures.
      keep_audio: fill `Evaluation.originals` and `Evaluated.audio`.
      progress: is given the sentences, and yields them: for a progress bar.

    Returns:
      The measures of each system and sentence.

    Raises:
      FileNotFoundError, ValueError: if a recording cannot be read, or an option is wrong.
      RuntimeError: if this machine cannot run `generation.isa`.
    """
    rows, originals = [], []
    for sentence in progress(sentences):
        recordings = Recordings(sentence)
        found = _likelihoods(systems, recordings, reference, generation) if likelihoods else {}
        row = []
        for system in systems:
            base = next(
                (r for r, s in zip(row, systems) if s.kind == "voice" and s.contender is system.contender), None
            )
            result = _evaluate(system, recordings, sentence, metrics, generation, base)
            if system.kind == "voice":
                result = dataclasses.replace(result, likelihood=found.get(id(system.contender)))
            row.append(result)
        if keep_audio:
            originals.append(recordings.of(systems[0].config.audio).original)
        else:
            row = [dataclasses.replace(result, audio=None) for result in row]
        rows.append(row)
    return Evaluation(
        systems=list(systems),
        sentences=list(sentences),
        metrics=dict(metrics),
        reference=reference,
        generation=generation,
        results=[list(results) for results in zip(*rows)],
        originals=originals if keep_audio else None,
    )


def _evaluate(
    system: System,
    recordings: Recordings,
    sentence: Sentence,
    metrics: Mapping[str, Metric],
    generation: Generation,
    base: Evaluated | None,
) -> Evaluated:
    """Measures one system; `base` is what the system's voice said before, if it has."""
    heard, rate_hz = recordings.of(system.config.audio), system.config.audio.sample_rate_hz
    takes, elapsed = [], 0.0
    for take in range(generation.takes if system.seeded else 1):
        started = time.perf_counter()
        spoken = system.speak(heard, dataclasses.replace(generation, seed=generation.seed + take, takes=1))
        elapsed += time.perf_counter() - started
        takes.append(heard.as_recorded(spoken))
    equal = np.array_equal(takes[0], base.audio) if system.kind == "schedule" and base is not None else None
    if equal:
        measured = base.metrics  # What says the same with one seed would with the others.
    else:
        measured = {
            key: _mean([metric.measure(heard.original, spoken, rate_hz) for spoken in takes])
            for key, metric in metrics.items()
        }
    return Evaluated(
        name=sentence.name,
        seconds=heard.original.size / rate_hz,
        times_real_time=sum(spoken.size for spoken in takes) / rate_hz / elapsed,
        metrics=measured,
        equal=equal,
        audio=takes[0],
    )


def _mean(values: Sequence[float]) -> float:
    """Mean of the takes that have a value; NaN where none has."""
    known = [value for value in values if not math.isnan(value)]
    return float(np.mean(known)) if known else math.nan


def _likelihoods(
    systems: Sequence[System], recordings: Recordings, reference: Contender | None, generation: Generation
) -> dict[int, Likelihood]:
    """Returns the likelihood of the recording to each voice, by its id: those that fit the reference together."""
    contenders = [system.contender for system in systems if system.kind == "voice"]
    together = [contender for contender in contenders if reference is not None and contender.fits(reference)]
    alone = [[contender] for contender in contenders if contender not in together]
    found = {}
    for group in [together, *alone] if together else alone:
        heard = recordings.of(group[0].config.audio)
        measured = compare(
            [contender.voice for contender in group],
            audio.to_levels(heard.waveform, group[0].config),
            heard.mel,
            reference=reference.voice if group is together else None,
            nonlinearities=[contender.nonlinearities for contender in group],
            speaker=group[0].speaker(heard.speaker),
            seed=generation.seed,
            num_threads=generation.num_threads,
            isa=generation.isa,
        )
        found.update(zip(map(id, group), measured))
    return found

"""Evaluations as tables for people and as plain values for JSON."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from tf_wavenet.evaluation.results import Evaluated, Evaluation
from tf_wavenet.evaluation.statistics import Estimate
from tf_wavenet.evaluation.table import Table


def quality_table(evaluation: Evaluation) -> Table:
    """Returns a row for each system: the mean of each metric with its confidence interval."""
    schedules = any(system.kind == "schedule" for system in evaluation.systems)
    rows = []
    for index, system in enumerate(evaluation.systems):
        estimates = evaluation.estimates(index)
        row = [system.name]
        row += [_interval(estimates[key], f".{metric.digits}f") for key, metric in evaluation.metrics.items()]
        # What the codec takes is no speed of speaking.
        row += ["-" if system.kind == "codec" else f"{evaluation.times_real_time(index):.2f}"]
        rows.append(row + ([_yes_or_no(evaluation.equal(index))] if schedules else []))
    heads = [metric.name for metric in evaluation.metrics.values()]
    return Table(["system", *heads, "x real time", *(["equal"] if schedules else [])], rows)


def likelihood_table(evaluation: Evaluation) -> Table:
    """Returns a row for each voice: what was measured by teacher forcing."""
    rows = []
    for index, system in enumerate(evaluation.systems):
        found = evaluation.likelihood(index)
        if found is None:
            continue
        row = [system.name, system.contender.precision, f"{found.bits_per_sample:.4f}"]
        row += [_cell(evaluation.bits_difference(index), "+.4f")]
        rows.append(
            row + [_cell(found.kl_mean_nats, ".2e"), _cell(found.kl_max_nats, ".2e"), _cell(found.equal_draws, ".2%")]
        )
    return Table(["voice", "precision", "bits/sample", "d", "KL mean", "KL max", "equal draws"], rows, left=2)


def difference_table(evaluation: Evaluation) -> Table | None:
    """Returns a row for each voice that is held against the reference: the paired difference of each metric, and
    whether it is less than the metric's confidence interval; None if there is no such voice."""
    rows = []
    for index, system in enumerate(evaluation.systems):
        differences, within = evaluation.differences(index), evaluation.within(index)
        if differences is None:
            continue
        row = [system.name]
        row += [_interval(differences[key], f"+.{metric.digits}f") for key, metric in evaluation.metrics.items()]
        beyond = [evaluation.metrics[key].name for key, inside in within.items() if not inside]
        rows.append([*row, f"all but {', '.join(beyond)}" if beyond else "all"])
    if not rows:
        return None
    return Table(["difference", *(f"d {metric.name}" for metric in evaluation.metrics.values()), "within CI"], rows)


def sentence_table(evaluation: Evaluation, index: int) -> Table:
    """Returns a row for each sentence that a system spoke."""
    results = evaluation.results[index]
    known = evaluation.likelihood(index)
    compared = known is not None and not math.isnan(known.kl_mean_nats)
    likelihoods = ["bits/sample"] * (known is not None) + ["KL mean", "KL max", "equal draws"] * compared
    rows = []
    for result in results:
        row = [result.name, f"{result.seconds:.2f}"]
        row += [_cell(result.metrics[key], f".{metric.digits}f") for key, metric in evaluation.metrics.items()]
        if known is not None:
            row += [f"{result.likelihood.bits_per_sample:.3f}"]
        if compared:
            found = result.likelihood
            row += [f"{found.kl_mean_nats:.2e}", f"{found.kl_max_nats:.2e}", f"{found.equal_draws:.2%}"]
        rows.append([*row, f"{result.times_real_time:.2f}"])
    heads = [metric.name for metric in evaluation.metrics.values()]
    return Table(["sentence", "seconds", *heads, *likelihoods, "x real time"], rows)


def notes(evaluation: Evaluation) -> list[str]:
    """Returns lines that say how the tables came about and what their columns mean."""
    count = len(evaluation.sentences)
    lines = [f"{count} sentence{'s' if count > 1 else ''}; mean ± half of its 95 % confidence interval (Student's t)"]
    spoken = [s for s in evaluation.systems if s.kind == "voice"]
    if spoken:
        own = evaluation.generation.temperature is None
        used = [s.contender.temperature if own else evaluation.generation.temperature for s in spoken]
        words = f"{used[0]:g}" if len(set(used)) == 1 else ", ".join(f"{t:g}" for t in used)
        lines.append(f"voices speak freely with {_seeds(evaluation)}, temperature {words}")
        lines.append(_on_likelihood(evaluation))
    if difference_table(evaluation) is not None:
        lines.append(
            "difference: to the reference, paired by sentence; within CI: it is less than the half interval of the "
            "reference's own mean"
        )
    if any(system.kind == "schedule" for system in evaluation.systems):
        lines.append("equal: every sample is that of the voice's own row, bit for bit (its first take)")
    for index, system in enumerate(evaluation.systems):
        for key, found in evaluation.estimates(index).items():
            if found.count < count:
                lines.append(f"{system.name}: {evaluation.metrics[key].name} has a value for {found.count} of {count}")
    return lines


def _seeds(evaluation: Evaluation) -> str:
    first, takes = evaluation.generation.seed, evaluation.generation.takes
    if takes == 1:
        return f"seed {first}"
    return f"seeds {first} to {first + takes - 1}, each sentence's measures the means of {takes} takes"


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Returns everything that was measured as plain values; what has no value is null."""
    about, at = dataclasses.asdict(evaluation.generation), evaluation.reference_index
    reference = None if at is None else evaluation.systems[at].name
    systems = [_system_as_json(evaluation, index) for index in range(len(evaluation.systems))]
    return {**about, "reference": reference, "systems": systems}


def _system_as_json(evaluation: Evaluation, index: int) -> dict[str, Any]:
    system, found = evaluation.systems[index], evaluation.likelihood(index)
    values = {"name": system.name, "kind": system.kind}
    if system.contender is not None:
        values |= {
            "voice": str(system.contender.path),
            "checksum": f"{system.contender.voice.info.checksum:016x}",
            "precision": system.contender.precision,
            "nonlinearities": system.contender.nonlinearities,
            "temperature": evaluation.generation.temperature or system.contender.temperature,
        }
    if system.kind == "schedule":
        values |= {"schedule": system.schedule, "equal": evaluation.equal(index)}
    differences = evaluation.differences(index)
    values |= {
        "seconds": evaluation.seconds(index),
        "times_real_time": evaluation.times_real_time(index),
        "metrics": _estimates(evaluation.estimates(index)),
        "difference_to_reference": None if differences is None else _estimates(differences),
        "within_interval": evaluation.within(index),
    }
    if found is not None:
        values["likelihood"] = _without_nan(
            {**dataclasses.asdict(found), "bits_difference": evaluation.bits_difference(index)}
        )
    return {**values, "sentences": [_sentence(result) for result in evaluation.results[index]]}


def _sentence(result: Evaluated) -> dict[str, Any]:
    """Returns one flat dict: likelihood and metrics beside the rest."""
    likelihood = {} if result.likelihood is None else dataclasses.asdict(result.likelihood)
    about = {"name": result.name, "seconds": result.seconds, "times_real_time": result.times_real_time}
    return _without_nan({**about, **likelihood, **result.metrics})


def _estimates(found: Mapping[str, Estimate]) -> dict[str, Any]:
    return {key: _without_nan(dataclasses.asdict(value)) for key, value in found.items()}


def _on_likelihood(evaluation: Evaluation) -> str:
    if evaluation.reference is None:
        return "bits/sample: teacher-forced, temperature 1; no f32 reference: give --reference for KL and equal draws"
    name = evaluation.systems[evaluation.reference_index].name
    return (
        f"reference {name}; d: difference to it; teacher-forced at temperature 1: bits/sample, KL(reference || voice) "
        f"in nats per step, share of equal draws with equal uniforms (seed {evaluation.generation.seed})"
    )


def _without_nan(values: Mapping[str, Any]) -> dict[str, Any]:
    no_value = lambda value: isinstance(value, float) and math.isnan(value)
    return {key: None if no_value(value) else value for key, value in values.items()}


def _interval(found: Estimate, form: str) -> str:
    if math.isnan(found.half_width):
        return _cell(found.mean, form)
    return f"{found.mean:{form}} ± {found.half_width:{form.lstrip('+')}}"


def _cell(value: float, form: str) -> str:
    return "-" if math.isnan(value) else format(value, form)


def _yes_or_no(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "NO"

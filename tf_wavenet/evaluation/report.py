"""Evaluations as tables for people and as plain values for JSON."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

from tf_wavenet.evaluation.contender import Contender, names
from tf_wavenet.evaluation.copy_synthesis import Evaluated, mean_of, metric_differences


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """Voices side by side on the same sentences."""

    contenders: Sequence[Contender]
    reference: Contender | None  # One of them.
    results: Sequence[Sequence[Evaluated]]  # Of each voice: one for each sentence.
    headings: Mapping[str, str]  # Of the metrics, by their key.

    @property
    def means(self) -> list[Evaluated]:
        """The mean over sentences of each voice."""
        return [mean_of(results) for results in self.results]

    def difference(self, index: int) -> dict[str, float] | None:
        """Bits per sample and metrics of a voice less the reference's; None for a voice that is not held against it."""
        contender, means = self.contenders[index], self.means
        if self.reference is None or contender is self.reference or not contender.fits(self.reference):
            return None
        at = next(i for i, other in enumerate(self.contenders) if other is self.reference)
        bits = means[index].likelihood.bits_per_sample - means[at].likelihood.bits_per_sample
        return {"bits_per_sample": bits, **metric_differences(self.results[index], self.results[at])}


def summary(evaluation: Evaluation) -> str:
    """Returns a table with a row for each voice. A column called d is the difference to the reference."""
    head = ["voice", "precision", "bits/sample", "d", "KL mean", "KL max", "equal draws"]
    for heading in evaluation.headings.values():
        head += [heading, "d"]
    rows = [[*head, "x real time"]]
    for index, (name, mean) in enumerate(zip(names(evaluation.contenders), evaluation.means)):
        contender, difference = evaluation.contenders[index], evaluation.difference(index) or {}
        found = mean.likelihood
        row = [name, contender.precision, f"{found.bits_per_sample:.4f}"]
        row += [_cell(difference.get("bits_per_sample"), "+.4f")]
        row += [_cell(found.kl_mean_nats, ".2e"), _cell(found.kl_max_nats, ".2e"), _cell(found.equal_draws, ".2%")]
        for key in evaluation.headings:
            row += [_cell(mean.metrics[key], ".3f"), _cell(difference.get(key), "+.3f")]
        rows.append([*row, f"{mean.times_real_time:.2f}"])
    return _table(rows, left=2)


def legend(evaluation: Evaluation, seed: int) -> str:
    """Returns the line that says what the summary's columns mean, as far as there is a reference."""
    if evaluation.reference is None:
        return "bits/sample: teacher-forced, temperature 1; no f32 reference: give --reference for KL and equal draws"
    name = names(evaluation.contenders)[list(evaluation.contenders).index(evaluation.reference)]
    return (
        f"reference {name}; d: difference to it; teacher-forced at temperature 1: bits/sample, KL(reference || voice) "
        f"in nats per step, share of equal draws with equal uniforms (seed {seed})"
    )


def sentence_table(results: Sequence[Evaluated], headings: Mapping[str, str]) -> str:
    """Returns a voice's sentences and their mean as a table."""
    compared = not math.isnan(results[0].likelihood.kl_mean_nats)
    comparison = ["KL mean", "KL max", "equal draws"] if compared else []
    rows = [["sentence", "seconds", *headings.values(), "bits/sample", *comparison, "x real time"]]
    for result in [*results, mean_of(results)]:
        found = result.likelihood
        row = [result.name, f"{result.seconds:.2f}"]
        row += [_cell(result.metrics[key], ".3f") for key in headings]
        row += [f"{found.bits_per_sample:.3f}"]
        if compared:
            row += [f"{found.kl_mean_nats:.2e}", f"{found.kl_max_nats:.2e}", f"{found.equal_draws:.2%}"]
        rows.append([*row, f"{result.times_real_time:.2f}"])
    head, rule, *lines = _table(rows, left=1).split("\n")
    return "\n".join([head, rule, *lines[:-1], rule, lines[-1]])


def means_line(results: Sequence[Evaluated], headings: Mapping[str, str], seed: int, temperature: float) -> str:
    """Returns the line that says each metric's mean over a voice's sentences, and how these were spoken."""
    mean, plural = mean_of(results), "s" if len(results) > 1 else ""
    parts = []
    for key, heading in headings.items():
        measured = sum(not math.isnan(result.metrics[key]) for result in results)
        of_all = "" if measured == len(results) else f"{measured} of "
        parts.append(f"mean {heading} {_cell(mean.metrics[key], '.3f')} over {of_all}{len(results)} sentence{plural}")
    return f"{', '.join(parts)} (seed {seed}, temperature {temperature:g})"


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Returns everything that was measured as plain values; what has no value is null."""
    voices = []
    for index, (contender, mean) in enumerate(zip(evaluation.contenders, evaluation.means)):
        difference = evaluation.difference(index)
        voices.append(
            {
                "voice": str(contender.path),
                "checksum": f"{contender.voice.info.checksum:016x}",
                "precision": contender.precision,
                "nonlinearities": contender.nonlinearities,
                "mean": _plain(mean),
                "difference_to_reference": None if difference is None else _without_nan(difference),
                "sentences": [_plain(result) for result in evaluation.results[index]],
            }
        )
    return {"reference": None if evaluation.reference is None else str(evaluation.reference.path), "voices": voices}


def _plain(result: Evaluated) -> dict[str, Any]:
    """Returns one flat dict: likelihood and metrics beside the rest."""
    values = dataclasses.asdict(result)
    likelihood, metrics = values.pop("likelihood"), values.pop("metrics")
    return _without_nan({**values, **likelihood, **metrics})


def _without_nan(values: Mapping[str, Any]) -> dict[str, Any]:
    no_value = lambda value: isinstance(value, float) and math.isnan(value)
    return {key: None if no_value(value) else value for key, value in values.items()}


def _cell(value: float | None, form: str) -> str:
    return "-" if value is None or math.isnan(value) else format(value, form)


def _table(rows: Sequence[Sequence[str]], left: int) -> str:
    """Returns rows under their heading; the first `left` columns flush left, the others right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    align = lambda i, cell: cell.ljust(widths[i]) if i < left else cell.rjust(widths[i])
    lines = ["  ".join(align(i, cell) for i, cell in enumerate(row)) for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])

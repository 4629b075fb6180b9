"""Speeds of batches as a table for people and as a dict for JSON."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from tf_wavenet.bench import markdown
from tf_wavenet.bench.streams import BatchResult, StreamsResult

# What is printed of a row, by its heading.
_CELLS = {
    "utterances": lambda row: f"{row.batch}",
    "schedule": lambda row: row.plan.schedule,
    "teams x threads x lanes": lambda row: f"{row.plan.teams} x {row.plan.threads} x {row.plan.lanes}",
    "us/sample": lambda row: f"{row.timing.median_us:,.2f}",
    "spread": lambda row: f"{row.timing.min_us:,.2f} .. {row.timing.max_us:,.2f}",
    "x real time": lambda row: f"{row.times_real_time:.4g}",
    "floor us": lambda row: f"{row.limits.floor.us_per_sample:,.2f}",
    "% of floor": lambda row: f"{100 * row.fraction_of_floor:.0f}",
    "best G madd/s": lambda row: f"{row.limits.arithmetic.g_multiply_adds_per_s:.0f}",
    "% of best": lambda row: f"{100 * row.fraction_of_arithmetic:.0f}",
    "handover ns": lambda row: "" if row.limits.handover_ns is None else f"{row.limits.handover_ns:.0f}",
}

LEGEND = (
    "us/sample, x real time: of all utterances together.  floor: as many cores do nothing but stream a step's weights, "
    "each its part;\nutterances that share a pass over them may exceed it.  best: the ISA's best multiply-add "
    "instruction on as many cores, weights\nin their innermost caches.  handover: of a word from core to core.  All "
    "are measured around each run."
)


def table(results: Sequence[StreamsResult]) -> str:
    """Returns the rows as a Markdown table."""
    rows = [
        (result.subject.name, result.subject.precision, f"{result.subject.sample_rate_hz}", result.isa)
        + tuple(cell(row) for cell in _CELLS.values())
        for result in results
        for row in result.rows
    ]
    return markdown.table(("model", "precision", "Hz", "ISA", *_CELLS), rows)


def as_dict(results: Sequence[StreamsResult], machine: dict[str, Any]) -> dict[str, Any]:
    """Returns everything that was measured, ready for JSON."""
    return {"machine": machine, "voices": [_voice(result) for result in results]}


def _voice(result: StreamsResult) -> dict[str, Any]:
    subject = result.subject
    return {
        "model": subject.name,
        "precision": subject.precision,
        "sample_rate_hz": subject.sample_rate_hz,
        "isa": result.isa,
        "seed": subject.seed,
        "config": subject.config.to_dict(),
        "verified": dataclasses.asdict(result.verified),
        "rows": [_row(row) for row in result.rows],
    }


def _row(row: BatchResult) -> dict[str, Any]:
    derived = ("fraction_of_floor", "fraction_of_arithmetic")
    return {**dataclasses.asdict(row), **{name: getattr(row, name) for name in derived}}

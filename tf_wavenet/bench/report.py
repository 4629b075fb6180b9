"""Results as a table for people and as a dict for JSON."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from tf_wavenet.bench import markdown
from tf_wavenet.bench.agreement import Agreement
from tf_wavenet.bench.run import RungResult
from tf_wavenet.bench.subject import Subject

_COLUMNS = (
    "rung",
    "us/sample",
    "spread",
    "x real time",
    "x before",
    "% of floor",
    "oracle",
    "max logit diff",
    "equal draws",
)


def _rows(results: Sequence[RungResult]) -> list[tuple[str, ...]]:
    rows = []
    for before, result in zip([None, *results], results):
        timing, agreed = result.timing, result.agreement
        rows.append(
            (
                result.name,
                f"{timing.median_us:,.1f}",
                f"{timing.min_us:,.1f} .. {timing.max_us:,.1f}",
                f"{result.times_real_time:.4g}",
                f"{before.timing.median_us / timing.median_us:.1f}" if before else "",
                f"{100 * result.fraction_of_floor:.0f}" if result.floor else "",
                result.oracle or "",
                _difference(agreed) if agreed else "",
                f"{100 * agreed.equal_draws:.2f} % of {agreed.steps}" if agreed else "",
            )
        )
    return rows


def _difference(agreed: Agreement) -> str:
    """Returns the largest difference of logits; only equal ones make it 0."""
    return f"{agreed.max_logits_difference:.1e}" if agreed.max_logits_difference else "0"


def table(results: Sequence[RungResult]) -> str:
    """Returns the results as a Markdown table."""
    return markdown.table(_COLUMNS, _rows(results))


def floor_line(results: Sequence[RungResult], isa: str) -> str:
    """Returns one line on the floor, or nothing where the engine was not timed."""
    for result in results:
        if result.floor:
            speed = result.floor.bytes_per_sample / result.timing.median_us / 1e3
            return (
                f"floor: {result.floor.bytes_per_sample:,} bytes of weights per sample; one core streams as many at "
                f"{result.floor.gb_per_s:.1f} GB/s ({result.floor.us_per_sample:.1f} us), the engine ({isa}) at "
                f"{speed:.1f} GB/s: {100 * result.fraction_of_floor:.0f} %"
            )
    return ""


def as_dict(subject: Subject, results: Sequence[RungResult], machine: dict[str, Any]) -> dict[str, Any]:
    """Returns everything that was measured, ready for JSON."""
    rungs = []
    for before, result in zip([None, *results], results):
        derived = {
            "times_before": before.timing.median_us / result.timing.median_us if before else None,
            "fraction_of_floor": result.fraction_of_floor,
            "floor_gb_per_s": result.floor.gb_per_s if result.floor else None,
        }
        rungs.append({**dataclasses.asdict(result), **derived})
    return {
        "model": subject.name,
        "precision": subject.precision,
        "config": subject.config.to_dict(),
        "machine": machine,
        "rungs": rungs,
    }

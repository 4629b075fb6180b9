"""Speeds beside the floor, as a table for people and as a dict for JSON."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from tf_wavenet.bench import markdown
from tf_wavenet.bench.floor_run import IsaResult, VoiceResult

# What is printed of a row, by its heading.
_CELLS = {
    "ISA": lambda row: row.isa,
    "us/sample": lambda row: f"{row.timing.median_us:,.2f}",
    "spread": lambda row: f"{row.timing.min_us:,.2f} .. {row.timing.max_us:,.2f}",
    "x real time": lambda row: f"{row.times_real_time:.4g}",
    "GB/s": lambda row: f"{row.gb_per_s:.1f}",
    "floor us": lambda row: f"{row.floor.us_per_sample:,.2f}",
    "floor GB/s": lambda row: f"{row.floor.gb_per_s:.1f}",
    "% of floor": lambda row: f"{100 * row.fraction_of_floor:.0f}",
    "G madd/s": lambda row: f"{row.g_multiply_adds_per_s:.1f}",
    "best G madd/s": lambda row: f"{row.arithmetic.g_multiply_adds_per_s:.1f}",
    "% of best": lambda row: f"{100 * row.fraction_of_arithmetic:.0f}",
    "bound by": lambda row: row.bound_by,
}

LEGEND = (
    "GB/s: weights that the engine streams.  floor: one core does nothing but stream as many bytes, with the loads of "
    "the ISA.\nmadd: multiply-adds; best: the ISA's best instruction, weights in the innermost cache.  bound by: the "
    "limit that takes a step longer.\nFloor and best are measured around each run."
)


def table(results: Sequence[VoiceResult]) -> str:
    """Returns the rows as a Markdown table."""
    rows = [
        (result.subject.name, result.subject.precision, *(cell(row) for cell in _CELLS.values()))
        for result in results
        for row in result.rows
    ]
    return markdown.table(("model", "precision", *_CELLS), rows)


def verified_line(result: VoiceResult) -> str:
    """Returns one line on the voice and how it was verified."""
    subject, verified, row = result.subject, result.verified, result.rows[0]
    agreed = verified.agreement
    if verified.exact:
        how = f"equals {verified.oracle} in {agreed.steps:,} samples and their logits"
    else:
        how = (
            f"is close to {verified.oracle} in {agreed.steps:,} samples: logits differ by "
            f"{agreed.max_logits_difference:.1e} of their range at most, {agreed.equal_draws:.2%} of draws are equal"
        )
    same = f"; the same bits on {', '.join(verified.same_bits)}" if verified.same_bits else ""
    return (
        f"{subject.name} {subject.precision}: {row.arithmetic.multiply_adds_per_sample:,} multiply-adds and "
        f"{row.floor.bytes_per_sample:,} bytes of weights per sample, {subject.sample_rate_hz} Hz; "
        f"{verified.isa} {how}{same}"
    )


def as_dict(results: Sequence[VoiceResult], machine: dict[str, Any]) -> dict[str, Any]:
    """Returns everything that was measured, ready for JSON."""
    return {"machine": machine, "voices": [_voice(result) for result in results]}


def _voice(result: VoiceResult) -> dict[str, Any]:
    subject = result.subject
    return {
        "model": subject.name,
        "precision": subject.precision,
        "nonlinearities": subject.nonlinearities,
        "seed": subject.seed,
        "config": subject.config.to_dict(),
        "verified": dataclasses.asdict(result.verified),
        "rows": [_row(row) for row in result.rows],
    }


def _row(row: IsaResult) -> dict[str, Any]:
    derived = ("gb_per_s", "g_multiply_adds_per_s", "fraction_of_floor", "fraction_of_arithmetic", "bound_by")
    values = {**dataclasses.asdict(row), **{name: getattr(row, name) for name in derived}}
    values["floor"]["gb_per_s"] = row.floor.gb_per_s
    values["arithmetic"]["us_per_sample"] = row.arithmetic.us_per_sample
    return values

"""The ladder as a table for people and as a dict for JSON."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from tf_wavenet.bench import markdown
from tf_wavenet.bench.agreement import Agreement
from tf_wavenet.bench.ladder import EngineRung, RungResult

_COLUMNS = ("rung", "what", "the talk's", "here", "us/sample", "x before", "% of floor", "handover ns", "verified")

LEGEND = (
    "the talk's, here: beside real time.  us/sample: of all utterances together.  x before: against the rung above.  "
    "floor: the longer of\ntwo times that as many cores need, to stream the weights (shared by the utterances of a "
    "batch) or to multiply as many numbers\nwith the rung's instructions.  handover: of a word from core to core.  All "
    "are measured around each run."
)


def beside_real_time(times: float) -> str:
    """Returns "8.1 x slower" or "3.2 x faster"."""
    factor, word = (times, "faster") if times >= 1 else (1 / times, "slower")
    return f"{factor:.3g} x {word}" if factor < 1000 else f"{factor:,.0f} x {word}"


def table(results: Sequence[RungResult]) -> str:
    """Returns the results as a Markdown table."""
    rows, before = [], None
    for result in results:
        rung = result.rung
        if result.missing:
            rows.append((rung.name, rung.what, rung.talk, f"not run: {result.missing}", "", "", "", "", ""))
            continue
        us = result.timing.median_us
        rows.append(
            (
                rung.name,
                rung.what,
                rung.talk,
                beside_real_time(result.times_real_time),
                f"{us:,.1f}",
                f"{before / us:.2f}" if before else "",
                f"{100 * result.fraction_of_floor:.0f}" if result.limits else "",
                f"{result.limits.handover_ns:.0f}" if result.limits and result.limits.handover_ns else "",
                _verified(result),
            )
        )
        before = us
    return markdown.table(_COLUMNS, rows)


def _verified(result: RungResult) -> str:
    agreed: Agreement | None = result.agreement
    if agreed is None or not agreed.max_logits_difference:
        return result.verified
    return f"{result.verified}: {agreed.max_logits_difference:.0e}"


def as_dict(results: Sequence[RungResult], model: dict[str, Any], machine: dict[str, Any]) -> dict[str, Any]:
    """Returns everything that was measured, ready for JSON."""
    return {"machine": machine, "model": model, "rungs": [_rung(result) for result in results]}


def _rung(result: RungResult) -> dict[str, Any]:
    rung = result.rung
    engine = {}
    if isinstance(rung, EngineRung):
        engine = {"precision": rung.precision, "isa": rung.isa, "options": dict(rung.options)}
    return {
        "name": rung.name,
        "what": rung.what,
        "talk": rung.talk,
        **engine,
        "missing": result.missing,
        "timing": dataclasses.asdict(result.timing) if result.timing else None,
        "times_real_time": result.times_real_time,
        "batch": result.batch,
        "verified": result.verified,
        "agreement": dataclasses.asdict(result.agreement) if result.agreement else None,
        "limits": dataclasses.asdict(result.limits) if result.limits else None,
        "fraction_of_floor": result.fraction_of_floor,
    }

"""The ladder as the page shows it: bars on a logarithmic axis, of what `tf-wavenet bench --ladder --json` wrote."""

import dataclasses
import importlib.resources
import json
import math
import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

PUBLISHED = importlib.resources.files(__package__) / "static" / "ladder.json"  # Of README.md, and its machine.


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bar:
    """A rung. Places are per cent of the axis' length."""

    name: str
    what: str
    us_per_sample: float
    beside_real_time: str  # "8.1 x slower".
    talk: str  # The same of the talk, "" if it has none.
    end: float
    floor: float | None  # Where the machine's limit for the rung's bytes and arithmetic is, if it has one.
    kind: str  # "reference", "f32", "int16" or "int8".


@dataclasses.dataclass(frozen=True, kw_only=True)
class Chart:
    """All rungs that ran, on an axis of microseconds per sample."""

    bars: Sequence[Bar]
    ticks: Sequence[tuple[float, str]]  # (place, label).
    real_time: float  # Place of one sample's duration.
    left_out: Sequence[str]  # Names of rungs that did not run.


def load(path: str | os.PathLike | None = None) -> dict[str, Any]:
    """Reads a ladder.

    Args:
      path: what `tf-wavenet bench --ladder --json` wrote; None = the one that comes with the package.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if it holds something else.
    """
    source = PUBLISHED if path is None else pathlib.Path(path)
    if not source.is_file():
        raise FileNotFoundError(f"{path}: no such file; 'tf-wavenet bench --ladder --json={path}' writes it")
    try:
        ladder = json.loads(source.read_text(encoding="utf-8"))
        chart(ladder)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: not what 'tf-wavenet bench --ladder --json' writes ({error!r})") from error
    return ladder


def chart(ladder: Mapping[str, Any]) -> Chart:
    """Lays the rungs out on an axis that whole decades end.

    Raises:
      KeyError, TypeError, ValueError: if `ladder` is not one.
    """
    from tf_wavenet.bench.ladder_table import beside_real_time

    ran = [rung for rung in ladder["rungs"] if not rung["missing"]]
    if not ran:
        raise ValueError("no rung ran")
    real_time_us = 1e6 / ladder["model"]["sample_rate_hz"]
    times = [rung["timing"]["median_us"] for rung in ran]
    first = math.floor(math.log10(min(*times, *filter(None, map(_floor_us, ran)), real_time_us)))
    last = math.ceil(math.log10(max(*times, real_time_us)))
    place = lambda us: round(100.0 * (math.log10(us) - first) / (last - first), 2)
    bars = []
    for rung, us in zip(ran, times):
        floor = _floor_us(rung)
        bars.append(
            Bar(
                name=rung["name"],
                what=rung["what"],
                us_per_sample=us,
                beside_real_time=beside_real_time(rung["times_real_time"]),
                talk=rung["talk"],
                end=place(us),
                floor=None if floor is None else place(floor),
                kind=rung.get("precision", "reference"),
            )
        )
    ticks = [(place(10.0**decade), _microseconds(decade)) for decade in range(first, last + 1)]
    left_out = [rung["name"] for rung in ladder["rungs"] if rung["missing"]]
    return Chart(bars=bars, ticks=ticks, real_time=place(real_time_us), left_out=left_out)


def _floor_us(rung: Mapping[str, Any]) -> float | None:
    return rung["timing"]["median_us"] * rung["fraction_of_floor"] if rung["fraction_of_floor"] else None


def _microseconds(decade: int) -> str:
    """Returns 10^decade microseconds in words."""
    value, unit = (10**decade, "µs") if decade < 3 else (10 ** (decade - 3), "ms")
    return f"{value:g} {unit}"

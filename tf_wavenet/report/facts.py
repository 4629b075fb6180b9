"""What a reader should know after a glance: few figures, chosen of what was measured."""

import dataclasses
import math
from collections.abc import Sequence

from tf_wavenet.report.content import Report, Row, System

BEST_FIRST = ("int16", "int8", "f32")  # Whose figures are shown: what ships is what is to be judged.


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fact:
    """A figure with its name, and a few words on what it stands beside."""

    name: str
    value: str
    unit: str = ""
    note: str = ""


def facts(report: Report) -> list[Fact]:
    """Returns the figures at the top of the page: quality, what quantization costs, speed."""
    voice = shown_voice(report)
    if voice is None:
        return []
    found = [_quality(report, voice, metric) for metric in ("pesq", "stoi") if metric in report.metrics]
    found += [_cost(report, row) for row in report.differences if row.key == voice.key]
    if voice.times_real_time:
        cores, isa = report.machine.get("cores"), report.machine.get("best_isa")
        note = f"a sentence at a time, on {cores} core{'' if cores == 1 else 's'} with {isa}"
        found.append(
            Fact(name=f"{voice.name} speaks", value=f"{voice.times_real_time:.1f}", unit="× real time", note=note)
        )
    return [fact for fact in found if fact]


def shown_voice(report: Report) -> System | None:
    """Returns the voice whose figures are shown, and which speaks first; None if there is none."""
    voices = [system for system in report.systems if system.precision]
    return min(voices, key=lambda system: BEST_FIRST.index(system.precision), default=None)


def _quality(report: Report, voice: System, metric: str) -> Fact | None:
    row = next((row for row in report.rows if row.key == voice.key), None)
    if row is None or math.isnan(row.estimates[metric].mean):
        return None
    others = [other for other in report.rows if other.key and other.key != voice.key and not _is_voice(report, other)]
    name, digits = report.metrics[metric].name, min(2, report.metrics[metric].digits)
    return Fact(
        name=f"{name}, {voice.name}",
        value=f"{row.estimates[metric].mean:.{digits}f}",
        unit=_spread(row.estimates[metric].half_width, digits),
        note=", ".join(f"{other.name} {other.estimates[metric].mean:.{digits}f}" for other in others),
    )


def _cost(report: Report, row: Row) -> Fact | None:
    """Returns what the voice loses to its reference in the first measure of quality that has an interval."""
    for key in (key for key in ("pesq", "stoi") if key in report.metrics):
        metric, found = report.metrics[key], row.estimates[key]
        if not math.isnan(found.half_width):
            equal = abs(found.mean) <= found.half_width
            return Fact(
                name=f"{metric.name}, {_short(row.name)} less {_short(row.base)}",
                value=f"{found.mean:+.{metric.digits}f}".replace("-", "−"),
                unit=_spread(found.half_width, metric.digits),
                note="no difference that could be measured" if equal else "a difference beyond chance",
            )
    return None


def _spread(half_width: float, digits: int) -> str:
    return "" if math.isnan(half_width) else f"± {half_width:.{digits}f}"


def _is_voice(report: Report, row: Row) -> bool:
    return any(system.key == row.key and system.precision for system in report.systems)


def _short(name: str) -> str:
    return name.removeprefix("WaveNet ")


def headline(report: Report) -> tuple[str, str]:
    """Returns the page's title and the sentence below it."""
    names: Sequence[str] = [system.name for system in report.systems if system.precision]
    classical = [system.name for system in report.systems[1:] if not system.precision]
    *others, last = ["the originals", *classical]
    beside = f"{', '.join(others)} and {last}" if others else last
    title = "Hear what a WaveNet on a CPU says" if names else "Hear vocoders beside their originals"
    many = {1: "One sentence", 2: "Two sentences", 3: "Three sentences"}.get(len(report.sentences))
    lead = (
        f"{many or f'{len(report.sentences)} sentences'} that no voice was trained on, spoken again from "
        f"their features, beside {beside}. Press play, then switch while it plays."
    )
    return title, lead

"""The page as one HTML text: the template with styles, script, audio and pictures inside."""

import dataclasses
import importlib.resources
import importlib.util
import math
from collections.abc import Mapping, Sequence

from tf_wavenet.evaluation.spectrogram import RANGE_DB
from tf_wavenet.evaluation.metric import Metric
from tf_wavenet.evaluation.statistics import CONFIDENCE, Estimate
from tf_wavenet.report import embed, ladder, pictures
from tf_wavenet.report.content import ORIGINAL, Report, Row, Spoken, System
from tf_wavenet.report.facts import facts, headline, shown_voice

STATIC = importlib.resources.files(__package__) / "static"
MEANINGS = {
    "stoi": "Short-time objective intelligibility, up to 1: how well the words can be understood.",
    "pesq": "Perceptual evaluation of speech quality, wide band, about 1 to 4.64: a predicted opinion of listeners.",
    "mcd": "Mel-cepstral distortion: how far the timbre is off.",
    "lsd": "Log-spectral distance: how far the spectrum is off, bin by bin.",
    "f0": "Error of the pitch where both have a voice; 100 cents are a semitone.",
    "voicing": "Share of frames that have a voice in one and none in the other.",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class View:
    """A picture and whose it is; `base` is what is subtracted, "" in a spectrogram."""

    system: str
    base: str
    light: str  # Data URIs, of the page's two colour schemes.
    dark: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Player:
    """A system's sound within a sentence."""

    system: System
    audio: str  # Data URIs.
    thumbnail: str
    measures: Sequence[str]  # "PESQ 1.67", "STOI 0.93".


@dataclasses.dataclass(frozen=True, kw_only=True)
class Card:
    """A sentence."""

    name: str
    text: str
    seconds: float
    ticks: Sequence[tuple[float, str]]
    players: Sequence[Player]
    views: Sequence[View]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """A value of the table, and the bar that shows its interval; places are per cent of the column's width."""

    text: str
    spread: str
    low: float
    mean: float
    high: float
    best: bool = False
    within: bool = False  # Of a difference: the interval holds 0.


def render(report: Report) -> str:
    """Returns the page.

    Args:
      report: what it shows.

    Raises:
      ImportError: if jinja2, matplotlib or pillow is missing.
      ValueError: if there is nothing to show, or a sentence lacks a system.
    """
    _check(report)
    require()
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    title, lead = headline(report)
    read = lambda name: (STATIC / name).read_text(encoding="utf-8")
    return environment.from_string(read("page.html")).render(
        report=report,
        first=(shown_voice(report) or report.systems[-1]).key,
        style=jinja2.utils.markupsafe.Markup(read("style.css")),
        script=jinja2.utils.markupsafe.Markup(read("player.js")),
        cards=[_card(spoken, report) for spoken in report.sentences],
        khz=_khz_ticks(report.sample_rate_hz),
        scales={"magma": pictures.gradient(None), **{key: pictures.gradient(key) for key in pictures.DIVERGING}},
        range_db=RANGE_DB,
        difference_db=pictures.DIFFERENCE_DB,
        rows=_table(report.rows, report.metrics),
        differences=_differences(report.differences, report.metrics),
        confidence=CONFIDENCE,
        names={system.key: system.name for system in report.systems},
        meanings={metric.name: MEANINGS[key] for key, metric in report.metrics.items() if key in MEANINGS},
        facts=facts(report),
        title=title,
        lead=lead,
        machine_facts=_machine(report),
        chart=None if report.ladder is None else ladder.chart(report.ladder),
    )


def require() -> None:
    """Raises `ImportError` if a package that the page is made with is missing."""
    missing = [name for name in ("jinja2", "matplotlib", "PIL") if importlib.util.find_spec(name) is None]
    if missing:
        raise ImportError(f"the page needs {', '.join(missing)}: in the clone, pip install '.[report]'")


def _check(report: Report) -> None:
    keys = [system.key for system in report.systems]
    if not report.sentences or keys[:1] != [ORIGINAL] or len(set(keys)) < len(keys):
        raise ValueError(f"{len(report.sentences)} sentences of {keys}: must be some, of {ORIGINAL!r} and others")
    for spoken in report.sentences:
        if set(spoken.waveforms) != set(keys):
            raise ValueError(f"sentence {spoken.name}: spoken by {sorted(spoken.waveforms)}, must be {sorted(keys)}")


def _card(spoken: Spoken, report: Report) -> Card:
    rate_hz, systems = report.sample_rate_hz, report.systems
    levels = pictures.levels_of(spoken.waveforms, rate_hz)
    seconds = spoken.waveforms[ORIGINAL].size / rate_hz
    players = [
        Player(
            system=system,
            audio=embed.wav_uri(spoken.waveforms[system.key], rate_hz),
            thumbnail=embed.webp_uri(pictures.thumbnail(levels, system.key)),
            measures=_short(spoken.measures.get(system.key, {}), report.metrics),
        )
        for system in systems
    ]
    views = []
    for system in systems:
        picture = embed.webp_uri(pictures.spectrogram(levels, system.key))
        views.append(View(system=system.key, base="", light=picture, dark=picture))
        for base in dict.fromkeys(filter(None, (ORIGINAL, system.base))):
            if base != system.key:
                light, dark = (
                    embed.webp_uri(pictures.difference(levels, system.key, base, scheme))
                    for scheme in ("light", "dark")
                )
                views.append(View(system=system.key, base=base, light=light, dark=dark))
    return Card(
        name=spoken.name, text=spoken.text, seconds=seconds, ticks=_second_ticks(seconds), players=players, views=views
    )


def _second_ticks(seconds: float) -> list[tuple[float, str]]:
    """Returns (place in per cent, label) of the time axis: a handful."""
    step = next(step for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 600) if seconds / step < 8)
    return [(100 * i * step / seconds, f"{i * step:g}") for i in range(int(seconds / step) + 1)]


def _khz_ticks(sample_rate_hz: int) -> list[tuple[float, str]]:
    """Returns (place in per cent from below, label) of the frequency axis."""
    top = sample_rate_hz / 2e3
    step = next(step for step in (0.5, 1, 2, 5, 10, 50) if top / step <= 4)
    return [(100 * i * step / top, f"{i * step:g}") for i in range(int(top / step) + 1)]


def _short(values: Mapping[str, float], metrics: Mapping[str, Metric]) -> list[str]:
    """Returns what a button says of a sentence."""
    finite = [key for key in ("pesq", "stoi") if key in metrics and math.isfinite(values.get(key, math.nan))]
    return [f"{metrics[key].name} {values[key]:.2f}" for key in finite]


def _machine(report: Report) -> list[tuple[str, str]]:
    """Returns (name, value) of what ran where."""
    machine = report.machine
    of = lambda key: str(machine[key]) if machine.get(key) not in (None, "", "none", "unknown") else ""
    found = [
        ("Processor", f"{of('cpu')}, {of('cores')} cores"),
        ("Instruction set", of("best_isa")),
        ("tf_wavenet", " at ".join(filter(None, (of("tf_wavenet"), of("commit"))))),
        ("Python", of("python")),
        ("NumPy", of("numpy")),
        ("TensorFlow", of("tensorflow")),
        ("Made", report.date),
    ]
    return [(name, value) for name, value in found if value]


def _table(rows: Sequence[Row], metrics: Mapping[str, Metric]) -> list[tuple[Row, dict[str, Cell]]]:
    """Returns rows with their cells; a column's bars stand on one scale, from the lowest to the highest interval."""
    cells: list[dict[str, Cell]] = [{} for _ in rows]
    for key, metric in metrics.items():
        column = {at: row.estimates[key] for at, row in enumerate(rows) if math.isfinite(row.estimates[key].mean)}
        if not column:
            continue
        low = min(found.mean - _reach(found) for found in column.values())
        high = max(found.mean + _reach(found) for found in column.values())
        scale = (low, high) if high > low else (low - 0.5, high + 0.5)
        spoken = [found.mean for at, found in column.items() if rows[at].key]  # A codec is a ceiling, no contestant.
        best = (max if metric.higher_is_better else min)(spoken, default=None)
        for at, found in column.items():
            cells[at][key] = _cell(found, metric.digits, scale, best=bool(rows[at].key) and found.mean == best)
    return list(zip(rows, cells))


def _differences(rows: Sequence[Row], metrics: Mapping[str, Metric]) -> list[tuple[Row, dict[str, Cell]]]:
    """Returns rows with their cells; 0 is in the middle of each bar, and a column's bars stand on one scale."""
    cells: list[dict[str, Cell]] = [{} for _ in rows]
    for key, metric in metrics.items():
        column = {at: row.estimates[key] for at, row in enumerate(rows) if math.isfinite(row.estimates[key].mean)}
        far = max((abs(found.mean) + _reach(found) for found in column.values()), default=0.0) or 1.0
        for at, found in column.items():
            within = abs(found.mean) <= _reach(found)
            cells[at][key] = _cell(found, metric.digits, (-far, far), signed=True, within=within)
    return list(zip(rows, cells))


def _reach(found: Estimate) -> float:
    """Returns the half width, 0 where there is none: of one sentence."""
    return found.half_width if math.isfinite(found.half_width) else 0.0


def _cell(found: Estimate, digits: int, scale: tuple[float, float], *, signed=False, best=False, within=False) -> Cell:
    place = lambda value: round(100.0 * (value - scale[0]) / (scale[1] - scale[0]), 1)
    text = f"{found.mean:{'+' if signed else ''}.{digits}f}".replace("-", "\N{MINUS SIGN}")
    spread = f"±{found.half_width:.{digits}f}" if math.isfinite(found.half_width) else ""
    low, high = place(found.mean - _reach(found)), place(found.mean + _reach(found))
    return Cell(text=text, spread=spread, low=low, mean=place(found.mean), high=high, best=best, within=within)

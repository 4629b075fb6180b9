"""What the page shows, as plain values: made by `gather`, laid out by `page`."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tf_wavenet.evaluation.metric import Metric
from tf_wavenet.evaluation.statistics import Estimate

ORIGINAL = "original"


@dataclasses.dataclass(frozen=True, kw_only=True)
class System:
    """One of those who speak: the recording itself, a classical vocoder, a voice."""

    key: str  # Unique on the page; ORIGINAL is the recording's.
    name: str
    note: str = ""  # What it is, in a few words.
    precision: str = ""  # Of a voice: "f32", "int16" or "int8".
    base: str = ""  # Key of the voice that it is held against, beside the original: f32's, for a quantized one.
    times_real_time: float | None = None  # How fast it spoke, where that was measured.


@dataclasses.dataclass(frozen=True, kw_only=True)
class Spoken:
    """A sentence as each system says it."""

    name: str
    text: str  # "" where it is not known.
    waveforms: Mapping[str, np.ndarray]  # By system: float in [-1, 1] `[num_samples]`, of one length.
    measures: Mapping[str, Mapping[str, float]] = dataclasses.field(default_factory=dict)  # By system, by metric.


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the table: means of the metrics, or of their differences to another system's."""

    name: str
    key: str = ""  # Of the system, where it has players.
    estimates: Mapping[str, Estimate]  # By metric.
    base: str = ""  # Of differences: name of the system that is subtracted.


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """Everything on the page."""

    systems: Sequence[System]  # Those that have players, in the order of the page; the original first.
    sentences: Sequence[Spoken]
    sample_rate_hz: int
    metrics: Mapping[str, Metric]  # Columns of the table.
    rows: Sequence[Row]
    differences: Sequence[Row]
    num_measured: int  # Sentences that the table is about.
    machine: Mapping[str, Any]  # `bench.machine.describe`.
    commands: Sequence[tuple[str, str]]  # (what it does, the command line).
    date: str
    ladder: Mapping[str, Any] | None = None  # What `tf-wavenet bench --ladder --json` wrote.

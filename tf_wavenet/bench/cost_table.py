"""What models cost, as tables for people and as a dict for JSON."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from tf_wavenet.bench import markdown
from tf_wavenet.cost import Bound, Limits, SampleRNNVocoder, StepCost, WaveNetVocoder, bound


@dataclasses.dataclass(frozen=True, kw_only=True)
class Step:
    """A step in one precision, and the limits of one core that are known."""

    cost: StepCost
    limits: Limits

    @property
    def bound(self) -> Bound | None:
        """Its bound; None if no limit is known."""
        return bound(self.cost, self.limits)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Costed:
    """A vocoder, and its steps in one or more precisions."""

    name: str
    vocoder: WaveNetVocoder | SampleRNNVocoder
    steps: Sequence[Step]

    @property
    def sample_rate_hz(self) -> int:
        """Samples in a second of audio."""
        return self.vocoder.sample_rate_hz

    @property
    def talk_gflop_per_s(self) -> float:
        """10^9 floating point operations for one second of audio, by the talk's formula."""
        return 2e-9 * self.vocoder.talk_multiply_adds * self.sample_rate_hz


ARITHMETIC_LEGEND = (
    "A multiply-add is two FLOP; nonlinearities are not counted.  conditioning: a frame's multiply-adds, shared by its "
    "samples.\ntalk: its approximate formula."
)
BYTES_LEGEND = (
    "weights: one number for each multiply-add.  streamed: as a voice file stores them, with padding, biases, scales.\n"
    "other: rings, embeddings, conditioning that a step reads or writes.  GB/s: streamed and other, for 1 s of audio.\n"
    "voice: the tensors of its file, once for all utterances.  state: held for each of them."
)
SAMPLERNN_LEGEND = (
    "SampleRNN: by the talk's formula, which runs every layer for every sample.  It has no voice file: streamed are "
    "the weights,\nother and state the hidden states."
)
BOUND_LEGEND = (
    "A bound, not a measurement of the engine: the time that one core takes only to multiply and add, or only to read "
    "what a step\nstreams, whichever is longer, if every step reads all weights."
)
CORES_LEGEND = (
    "Several cores: one core's multiple times their number.  Shares of the weights that fit a nearer cache would raise "
    "it, memory that\nthe cores share lowers it."
)


def report(models: Sequence[Costed], cores: int) -> str:
    """Returns all tables and what their columns mean.

    Args:
      models: one or more.
      cores: how many the bound is given for besides one.
    """
    is_samplernn = any(isinstance(model.vocoder, SampleRNNVocoder) for model in models)
    parts = [arithmetic_table(models), ARITHMETIC_LEGEND, bytes_table(models), BYTES_LEGEND]
    parts += [SAMPLERNN_LEGEND] if is_samplernn else []
    bounds = bound_table(models, cores)
    if bounds:
        parts += [bounds, BOUND_LEGEND + (f"\n{CORES_LEGEND}" if cores > 1 else "")]
    return "\n\n".join(parts)


def arithmetic_table(models: Sequence[Costed]) -> str:
    """Returns what steps compute, in any precision, as a Markdown table."""
    columns = ("model", "Hz", "multiply-adds", "GFLOP/s", "conditioning", "talk", "talk GFLOP/s")
    rows = []
    for model in models:
        rate_hz, cost = model.sample_rate_hz, model.steps[0].cost
        rows.append(
            (
                model.name,
                f"{rate_hz}",
                f"{cost.multiply_adds:,}",
                f"{cost.gflop_per_s(rate_hz):.2f}",
                f"{cost.conditioning_multiply_adds:,.0f}",
                f"{model.vocoder.talk_multiply_adds:,}",
                f"{model.talk_gflop_per_s:.2f}",
            )
        )
    return markdown.table(columns, rows)


def bytes_table(models: Sequence[Costed]) -> str:
    """Returns what steps move, and what voice files and states hold, as a Markdown table."""
    columns = ("model", "precision", "weights", "streamed", "other", "GB/s", "voice", "state")
    rows = []
    for model in models:
        for step in model.steps:
            cost = step.cost
            counts = (cost.weight_bytes, cost.streamed_bytes, round(cost.other_bytes))
            held = (cost.voice_bytes, cost.state_bytes)
            rate = f"{cost.traffic_gb_per_s(model.sample_rate_hz):.2f}"
            rows.append((model.name, cost.precision, *map(_count, counts), rate, *map(_count, held)))
    return markdown.table(columns, rows)


def bound_table(models: Sequence[Costed], cores: int) -> str:
    """Returns how fast steps can be at best as a Markdown table; "" if no limit is known.

    Args:
      models: one or more.
      cores: adds the multiple of real time for so many, if more than one.
    """
    columns = ("model", "precision", "G madd/s", "arithmetic us", "GB/s", "stream us", "bound by", "us/sample")
    counts = (1, cores) if cores > 1 else (1,)
    columns += tuple(f"x real time, {count} core{'s' if count > 1 else ''}" for count in counts)
    rows = []
    for model in models:
        for step in model.steps:
            if step.bound is None:
                continue
            limits, us = step.limits, step.bound
            rows.append(
                (
                    model.name,
                    step.cost.precision,
                    _known(limits.g_multiply_adds_per_s, ".1f"),
                    _known(us.arithmetic_us, ",.2f"),
                    _known(limits.gb_per_s, ".1f"),
                    _known(us.stream_us, ",.2f"),
                    us.bound_by,
                    f"{us.us_per_sample:,.2f}",
                    *(f"{us.times_real_time(model.sample_rate_hz, count):.4g}" for count in counts),
                )
            )
    return markdown.table(columns, rows) if rows else ""


def as_dict(models: Sequence[Costed], cores: int, machine: dict[str, Any] | None) -> dict[str, Any]:
    """Returns all of it, ready for JSON; `machine` is what limits were measured on, None if none were."""
    return {"machine": machine, "cores": cores, "models": [_model(model, cores) for model in models]}


def _model(model: Costed, cores: int) -> dict[str, Any]:
    return {
        "model": model.name,
        "config": model.vocoder.sizes.to_dict(),
        "sample_rate_hz": model.sample_rate_hz,
        "hop_samples": model.vocoder.hop_samples,
        "talk_multiply_adds": model.vocoder.talk_multiply_adds,
        "talk_gflop_per_s": model.talk_gflop_per_s,
        "precisions": [_step(step, model.sample_rate_hz, cores) for step in model.steps],
    }


def _step(step: Step, rate_hz: int, cores: int) -> dict[str, Any]:
    cost, least = step.cost, step.bound
    values = {
        **dataclasses.asdict(cost),
        "traffic_bytes": cost.traffic_bytes,
        "gflop_per_s": cost.gflop_per_s(rate_hz),
        "traffic_gb_per_s": cost.traffic_gb_per_s(rate_hz),
        "limits": dataclasses.asdict(step.limits),
        "bound": None,
    }
    if least:
        values["bound"] = {
            **dataclasses.asdict(least),
            "us_per_sample": least.us_per_sample,
            "bound_by": least.bound_by,
            "times_real_time": least.times_real_time(rate_hz),
            "times_real_time_all_cores": least.times_real_time(rate_hz, cores),
        }
    return values


def _count(number: int) -> str:
    return f"{number:,}"


def _known(value: float | None, form: str) -> str:
    return "" if value is None else f"{value:{form}}"

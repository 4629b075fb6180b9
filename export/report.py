"""What quantization did to each tensor, as data and as a table."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from tf_wavenet.export.magnitudes import ActivationScale
from tf_wavenet.export.precision import IntegerNumbers
from tf_wavenet.export.weights import IntegerMatrix


@dataclasses.dataclass(frozen=True, kw_only=True)
class TensorReport:
    """One quantized tensor. None stands for what does not apply: weights cannot saturate, activations have no rows."""

    name: str
    rows: int | None  # Without padding, a gate's prev and cur as one matrix.
    cols: int
    scale_min: float  # Of weights the row scales', without rows that are 0; of activations act_scale, as scale_max.
    scale_max: float
    saturated: float | None  # Share of an activation's values on the recordings.
    overflow: float | None  # Largest sum|w_q| * max|x_q| of a row, as a share of 2^31: below 1. None: no such sums.
    sqnr_db: float  # Signal to quantization noise: of x, or of W x over the recordings' x; infinite without noise.


def of_activation(name: str, channels: int, scale: ActivationScale) -> TensorReport:
    """Reports on an activation tensor of so many channels."""
    return TensorReport(
        name=name,
        rows=None,
        cols=channels,
        scale_min=scale.act_scale,
        scale_max=scale.act_scale,
        saturated=scale.saturated,
        overflow=None,
        sqnr_db=scale.sqnr_db,
    )


def of_weights(
    name: str, matrix: np.ndarray, integers: IntegerMatrix, moments: np.ndarray, numbers: IntegerNumbers
) -> TensorReport:
    """Reports on a matrix of a step: tr(W H W^T) / tr(E H E^T) is how its outputs compare with rounding errors."""
    overflow = int(np.abs(integers.values).sum(axis=1).max()) * numbers.input_max / 2**31
    return _of_matrix(name, matrix, integers, moments, overflow)


def of_conditioning(cond: np.ndarray, integers: IntegerMatrix, moments: np.ndarray) -> TensorReport:
    """Reports on the conditioning matrix, which has no sums of integers that could overflow."""
    return _of_matrix("cond", cond.reshape(integers.values.shape), integers, moments, None)


def _of_matrix(
    name: str, matrix: np.ndarray, integers: IntegerMatrix, moments: np.ndarray, overflow: float | None
) -> TensorReport:
    matrix = np.asarray(matrix, np.float64)
    used = integers.row_scale[integers.row_scale > 0]
    return TensorReport(
        name=name,
        rows=matrix.shape[0],
        cols=matrix.shape[1],
        scale_min=float(used.min(initial=math.inf)) if used.size else 0.0,
        scale_max=float(used.max(initial=0.0)),
        saturated=None,
        overflow=overflow,
        sqnr_db=_decibels(_power(matrix, moments), _power(matrix - integers.dequantized, moments)),
    )


def report_table(reports: Sequence[TensorReport]) -> str:
    """Returns the reports as lines of aligned columns."""
    rows = [("tensor", "size", "scale", "", "saturated", "of 2^31", "SQNR dB"), *map(_cells, reports)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for name, *cells in rows:
        aligned = (cell.rjust(width) for cell, width in zip(cells, widths[1:]))
        lines.append("  ".join([name.ljust(widths[0]), *aligned]))
    return "\n".join(lines)


def _cells(report: TensorReport) -> tuple[str, ...]:
    one_scale = report.scale_min == report.scale_max
    return (
        report.name,
        str(report.cols) if report.rows is None else f"{report.rows} x {report.cols}",
        f"{report.scale_min:.3e}",
        "" if one_scale else f".. {report.scale_max:.3e}",
        "" if report.saturated is None else f"{100 * report.saturated:.4f} %",
        "" if report.overflow is None else f"{report.overflow:.5f}",
        f"{report.sqnr_db:.1f}",
    )


def _power(matrix: np.ndarray, moments: np.ndarray) -> float:
    return float(np.einsum("rc,rc->", matrix @ moments, matrix))


def _decibels(signal: float, noise: float) -> float:
    return 10 * math.log10(signal / noise) if signal > 0 and noise > 0 else math.inf

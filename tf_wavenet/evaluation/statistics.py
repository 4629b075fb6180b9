"""Means over a test set, and how sure they are: Student's t over its sentences."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

CONFIDENCE = 0.95


@dataclasses.dataclass(frozen=True)
class Estimate:
    """A mean and its confidence interval, `mean - half_width` to `mean + half_width`; NaN what too few values give."""

    mean: float
    half_width: float
    count: int  # Of sentences that had a value.


def estimate(values: Sequence[float]) -> Estimate:
    """Estimates a mean from independent values, those that are not NaN.

    half_width = t_{0.975, n-1} s / sqrt(n),   s: sample standard deviation
    """
    finite = np.array([value for value in values if not math.isnan(value)], np.float64)
    if finite.size < 2:
        return Estimate(float(finite[0]) if finite.size else math.nan, math.nan, finite.size)
    import scipy.stats  # Slow to import.

    t = scipy.stats.t.ppf((1.0 + CONFIDENCE) / 2.0, finite.size - 1)
    return Estimate(float(finite.mean()), float(t * finite.std(ddof=1) / math.sqrt(finite.size)), finite.size)


def paired_difference(values: Sequence[float], reference: Sequence[float]) -> Estimate:
    """Estimates the mean of `values - reference`, sentence by sentence, over those where both have a value: what
    sentences have in common, easy or hard, falls out of it."""
    return estimate([ours - theirs for ours, theirs in zip(values, reference, strict=True)])

import math

import numpy as np
import pytest
import scipy.stats

from tf_wavenet import evaluation


def test_interval_is_students():
    values = [0.92, 0.95, 0.90, 0.97, 0.93]
    found = evaluation.estimate(values)
    low, high = scipy.stats.t.interval(0.95, 4, loc=np.mean(values), scale=scipy.stats.sem(values))
    assert (found.mean - found.half_width, found.mean + found.half_width) == pytest.approx((low, high))
    assert found.count == 5
    # By hand: of 1 and 3 the deviation is sqrt(2), its error 1, t of one degree of freedom 12.706.
    assert evaluation.estimate([1.0, 3.0]) == evaluation.Estimate(2.0, pytest.approx(12.7062, abs=1e-4), 2)


def test_what_has_no_value_does_not_count():
    assert evaluation.estimate([1.0, math.nan, 3.0]) == evaluation.estimate([1.0, 3.0])
    one, none = evaluation.estimate([math.nan, 2.0]), evaluation.estimate([math.nan])
    assert (one.mean, one.count) == (2.0, 1) and math.isnan(one.half_width)
    assert none.count == 0 and math.isnan(none.mean) and math.isnan(none.half_width)


def test_differences_are_paired():
    """Sentences differ by far more than the systems do: only the pairs tell them apart."""
    reference = [1.0, 5.0, 9.0, 2.0]
    ours = [1.2, 5.1, 9.2, math.nan]
    found = evaluation.paired_difference(ours, reference)
    test = scipy.stats.ttest_rel(ours[:3], reference[:3]).confidence_interval(0.95)
    assert (found.mean - found.half_width, found.mean + found.half_width) == pytest.approx((test.low, test.high))
    assert found.count == 3 and found.half_width < 0.2

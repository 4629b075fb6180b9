import numpy as np
import pytest

from tf_wavenet.export import PRECISIONS
from tf_wavenet.export.weights import pair_sums, quantize_weights

NUMBERS = {name: precision.integer for name, precision in PRECISIONS.items() if precision.integer}


def correlated_moments(cols, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(200, 2)) @ rng.normal(size=(2, cols)) + 0.05 * rng.normal(size=(200, cols))
    return x.T @ x


def adversarial_rows(cols):
    rng = np.random.default_rng(cols)
    spike = np.zeros(cols)
    spike[cols // 2] = -3.0
    return np.stack(
        [
            np.zeros(cols),
            np.ones(cols),
            -np.full(cols, 1e30),
            np.full(cols, 1e-30),
            spike,
            rng.normal(size=cols),
            np.where(np.arange(cols) % 2, 1.0, -1.0),
            np.full(cols, 0.5) + spike,
            rng.standard_cauchy(cols),
            np.full(cols, 1.0) - 1e-9 * np.arange(cols),
        ]
    )


@pytest.mark.parametrize("moments", [correlated_moments, np.eye, lambda cols: np.zeros((cols, cols))])
@pytest.mark.parametrize("cols", [1, 2, 3, 5, 64, 128, 300])
@pytest.mark.parametrize("numbers", NUMBERS.values(), ids=NUMBERS.keys())
def test_sums_never_overflow(numbers, cols, moments):
    matrix = adversarial_rows(cols)
    integers = quantize_weights(matrix, moments(cols), numbers)
    sums = np.abs(integers.values).sum(axis=1)
    assert np.all(sums * numbers.input_max < 2**31)
    assert np.abs(integers.values).max() <= numbers.weight_max
    assert integers.row_scale[0] == 0 and not integers.values[0].any()
    # No scale is larger than it must be: the row uses its range, or its sum the bound, but for what rounding asks for.
    used = np.maximum(np.abs(matrix).max(axis=1) / numbers.weight_max, np.abs(matrix).sum(axis=1) / numbers.max_row_sum)
    if numbers.pair_max is not None:
        assert pair_sums(np.abs(integers.values)).max() <= numbers.pair_max
        used = np.maximum(used, pair_sums(np.abs(matrix)).max(axis=1) / numbers.pair_max)
    np.testing.assert_array_less(integers.row_scale, 1.01 * used + 1e-300)
    np.testing.assert_array_less(used * (1 - 1e-12) - 1e-300, integers.row_scale)


def test_a_row_at_the_edge_stays_and_one_past_it_gives_way():
    numbers = NUMBERS["int16"]  # sum|w_q| <= 65535
    at, past = np.array([32767.0, 32767.0, 1.0]), np.array([32767.0, 32767.0, 2.0])
    uncorrelated = np.eye(3)
    integers = quantize_weights(np.stack([at, past]), uncorrelated, numbers)
    np.testing.assert_array_equal(integers.values[0], at)
    assert integers.row_scale[0] == 1.0
    assert np.abs(integers.values[1]).sum() <= 65535 and integers.row_scale[1] > 1.0


def test_rounding_may_lift_a_sum_past_the_bound():
    """64 equal weights: 65535 / 64 = 1023.98 rounds to 1024, and 64 * 1024 = 2^16 is one too many."""
    integers = quantize_weights(np.ones((1, 64)), np.eye(64), NUMBERS["int16"])
    np.testing.assert_array_equal(integers.values, np.full((1, 64), 1023))
    np.testing.assert_allclose(integers.dequantized, 1.0, atol=integers.row_scale[0] / 2 * (1 + 1e-9))


def test_without_correlation_errors_are_half_a_step_and_a_whole_one_where_a_pair_is_full():
    matrix = np.random.default_rng(0).normal(size=(33, 20))
    for numbers in NUMBERS.values():
        integers = quantize_weights(matrix, np.eye(20), numbers)
        error = np.abs(integers.dequantized - matrix) / integers.row_scale[:, None]
        full = np.repeat(pair_sums(np.abs(integers.values)) == (numbers.pair_max or -1), 2, axis=1)
        assert np.all(error <= np.where(full, 1.0, 0.5) + 1e-9)
        assert full.mean() < 0.2


def test_int8_rows_end_at_their_largest_pair_or_weight():
    matrix = np.random.default_rng(0).normal(size=(5, 64))
    matrix[4, 1::2] = 0  # Pairs of one weight.
    integers = quantize_weights(matrix, np.eye(64), NUMBERS["int8"])
    np.testing.assert_array_equal(pair_sums(np.abs(integers.values[:4])).max(axis=1), 128)
    np.testing.assert_allclose(integers.row_scale[:4], pair_sums(np.abs(matrix[:4])).max(axis=1) / 128)
    assert np.abs(integers.values[4]).max() == 127
    np.testing.assert_allclose(integers.row_scale[4], np.abs(matrix[4]).max() / 127)


def test_pairs_are_those_of_each_part():
    """Three columns in each of two parts: 0 with 1, 2 alone, 3 with 4, 5 alone."""
    matrix = np.array([[1.0, 2.0, 50.0, 60.0, 3.0, 100.0]])
    np.testing.assert_array_equal(pair_sums(matrix, parts=2), [[3, 50, 63, 100]])
    integers = quantize_weights(matrix, np.eye(6), NUMBERS["int8"], parts=2)
    assert integers.row_scale[0] == 100 / 127
    integers = quantize_weights(matrix, np.eye(6), NUMBERS["int8"])
    assert integers.row_scale[0] == (50 + 60) / 128

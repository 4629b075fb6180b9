import numpy as np
import pytest

from tf_wavenet.export.rounding import Compensation, nearest


def correlated(samples, cols, seed=0):
    """Inputs of few causes, as activations are."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(samples, 3)) @ rng.normal(size=(3, cols)) + 0.1 * rng.normal(size=(samples, cols))


def test_nearest_on_paper():
    matrix = np.array([[0.5, 1.5, -2.6], [1.0, 500.0, -500.0], [0.0, 0.0, 0.0]])
    np.testing.assert_array_equal(
        nearest(matrix, np.array([1.0, 2.0, 0.0]), 127), [[0, 2, -3], [0, 127, -127], [0, 0, 0]]
    )


@pytest.mark.parametrize("cols", [1, 5, 17, 64])
@pytest.mark.parametrize("limit", [127, 32767])
def test_compensation_leaves_less_noise_than_rounding_to_nearest(cols, limit):
    x = correlated(500, cols)
    matrix = np.random.default_rng(1).normal(size=(20, cols))
    row_scale = np.abs(matrix).max(axis=1) / limit
    noise = {}
    for name, rounded in {
        "nearest": nearest(matrix, row_scale, limit),
        "compensated": Compensation(x.T @ x).round(matrix, row_scale, limit),
    }.items():
        assert np.abs(rounded).max() <= limit
        noise[name] = ((x @ (matrix - row_scale[:, None] * rounded).T) ** 2).sum()
    if cols == 1:
        assert noise["compensated"] == noise["nearest"]
    else:
        assert noise["compensated"] < (0.2 if cols > 5 else 1.0) * noise["nearest"]


def test_two_equal_inputs_share_an_error():
    """Weights 0.4 and 0.4 of one and the same input are worth 0.8: 0 and 1 say so better than 0 and 0."""
    rounded = Compensation(np.ones((2, 2)) * 50).round(np.array([[0.4, 0.4]]), np.ones(1), 127)
    np.testing.assert_array_equal(rounded, [[0, 1]])


@pytest.mark.parametrize("moments", [np.zeros((5, 5)), np.eye(5) * 7, np.diag([1e3, 0, 2, 0, 1e-6])])
def test_inputs_without_correlation_get_rounding_to_nearest(moments):
    matrix = np.random.default_rng(2).normal(size=(4, 5))
    row_scale = np.abs(matrix).max(axis=1) / 127
    np.testing.assert_array_equal(Compensation(moments).round(matrix, row_scale, 127), nearest(matrix, row_scale, 127))


def test_leaves_its_arguments_alone():
    matrix, moments = np.full((2, 2), 0.3), np.ones((2, 2))
    Compensation(moments).round(matrix, np.ones(2), 127)
    assert np.all(matrix == 0.3) and np.all(moments == 1)

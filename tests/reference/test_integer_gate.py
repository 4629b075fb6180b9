"""h_q of every precision and set of nonlinearities beside float64."""

import numpy as np
import pytest

from tf_wavenet.reference import float32
from tf_wavenet.reference.integer_gate import fixed_gate, rational_gate

# In real numbers. tanh and sigmoid from rounded arguments, from fixed_math's bounds; the product rounds to 2^-15.
FIXED_ERROR = 2.3e-4 + 2.3e-4 / 2 + 2**-15 + 2**-16
RATIONAL_ERROR = 6e-7  # 3.5e-7 + 1.8e-7 and one product.


def arguments():
    grid = np.concatenate([np.linspace(-9, 9, 301), [-1e9, -50, 50, 1e9, np.inf, -np.inf]])
    f, g = np.meshgrid(grid, grid)
    return np.stack([f.ravel(), g.ravel()], axis=1).astype(np.float32)


@pytest.mark.parametrize("precision", ["int16", "int8"])
@pytest.mark.parametrize("gate, error", [(fixed_gate, FIXED_ERROR), (rational_gate, RATIONAL_ERROR)])
def test_gate_keeps_its_bound(gate, error, precision):
    v = arguments()
    zero, unit = (128, 128) if precision == "int8" else (0, 32768)
    h_q = gate(v, precision) - zero
    np.testing.assert_array_equal(h_q, np.rint(h_q))
    # mulhrs(32767, 32767) is 32766.
    assert np.abs(h_q).max() == (32766 if (precision, gate) == ("int16", fixed_gate) else unit - 1)
    with np.errstate(over="ignore"):
        exact = np.tanh(v[:, :1].astype(np.float64)) / (1 + np.exp(-v[:, 1:].astype(np.float64)))
    bounded = np.clip(exact * unit, 1 - unit, unit - 1) / unit
    # int8 from int16 rounds twice, so that halves may go either way: within half a unit all the same.
    assert np.abs(h_q / unit - bounded).max() <= error + 0.5 / unit


def test_fixed_gate_is_the_sum_of_its_steps():
    """Worked by hand: f = 1, g = -0.5."""
    f16, g16 = 4096, -1024  # 1 * 4096, -0.5 * 2048
    # tanh(1): segment 2, u = -32768: p = c0 - (c1 - (c2 - c3)) with mulhrs(., -32768) = -.
    tanh_f = 27797 - (2297 - (-489 - 55))
    # |g16| = 1024: segment 0, u = 0: mulhrs(., 0) = 0.
    sigma = (-8023 >> 1) + 16384
    h = (tanh_f * sigma + (1 << 14)) >> 15
    v = np.array([[f16 / 4096, g16 / 2048]], np.float32)
    assert fixed_gate(v, "int16")[0, 0] == h
    assert fixed_gate(v, "int8")[0, 0] == ((h + 128) >> 8) + 128


def test_rational_gate_is_tanh_times_sigmoid():
    v = arguments()
    h = float32.tanh(v[:, :1]) * float32.sigmoid(v[:, 1:])
    np.testing.assert_array_equal(rational_gate(v, "int16"), np.rint(np.clip(h * 32768, -32767, 32767)))


@pytest.mark.parametrize("gate", [fixed_gate, rational_gate])
def test_arguments_round_halves_to_even(gate):
    if gate is fixed_gate:
        halves = np.array([0.5, 1.5, 2.5, -0.5, -1.5], np.float32) / 4096
        nearest = np.array([0, 2, 2, 0, -2], np.float32) / 4096
        as_v = lambda f: np.stack([f, np.full(5, 3, np.float32)], axis=1)
        np.testing.assert_array_equal(gate(as_v(halves), "int16"), gate(as_v(nearest), "int16"))
    else:
        assert gate(np.array([[0.0, 1.0]], np.float32), "int8") == 128

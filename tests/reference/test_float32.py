"""fma against C's fmaf and exact fractions; the rational functions against float64."""

import ctypes
import ctypes.util
import fractions
import math

import numpy as np
import pytest

from tf_wavenet.reference import float32

COUNT = 1_000_000  # Of each family of operands; a call of fmaf by ctypes takes some 0.3 us.


def fmaf(a, b, c):
    function = ctypes.CDLL(ctypes.util.find_library("m")).fmaf
    function.restype, function.argtypes = ctypes.c_float, [ctypes.c_float] * 3
    return np.fromiter(map(function, a.tolist(), b.tolist(), c.tolist()), np.float32, len(a))


@np.errstate(over="ignore", invalid="ignore")
def naive(a, b, c):
    """Rounds twice."""
    return (a.astype(np.float64) * b + c).astype(np.float32)


def any_floats(rng, count):
    """Every bit pattern: subnormals, infinities and NaN among them."""
    return tuple(rng.integers(0, 1 << 32, count, np.uint32).view(np.float32) for _ in range(3))


def alike(rng, count):
    """Products and addends of one size, which cancel or nearly do."""
    a, b = rng.normal(size=(2, count)).astype(np.float32)
    return a, b, (-a.astype(np.float64) * b * rng.choice([1, 1, 0.5, 2, -1], count)).astype(np.float32)


def ties(rng, count):
    """c plus half of its last place, times 1 - i^2 2^-46: float64 loses the last factor, and rounds to a tie."""
    i = rng.integers(0, 1 << 8, count)
    exponent, half = rng.integers(-60, 60, count), rng.integers(-24, -23, count)
    c = np.ldexp(rng.integers(1 << 23, 1 << 24, count) * rng.choice([-1, 1], count), exponent - 23)
    a = np.ldexp(1 + i * 2.0**-23, exponent) * rng.choice([-1, 1], count)
    b = np.ldexp(1 - i * 2.0**-23, half)
    return tuple(v.astype(np.float32) for v in (a, b, c))


def subnormal(rng, count):
    """Results below 2^-126, where a float32 has fewer bits."""
    a = np.ldexp(rng.normal(size=count), rng.integers(-80, -60, count))
    b = np.ldexp(rng.normal(size=count), rng.integers(-80, -50, count))
    c = np.ldexp(rng.integers(-(1 << 24), 1 << 24, count).astype(np.float64), -149)
    return tuple(v.astype(np.float32) for v in (a, b, c))


def subnormal_ties(rng, count):
    """As `ties`, about 2^-149."""
    i = rng.integers(0, 1 << 8, count)
    c = np.ldexp(rng.integers(-(1 << 20), 1 << 20, count).astype(np.float64), -149)
    a = np.ldexp(1 + i * 2.0**-23, -75) * rng.choice([-1, 1], count)
    return a.astype(np.float32), np.ldexp(1 - i * 2.0**-23, -75).astype(np.float32), c.astype(np.float32)


@pytest.mark.parametrize("operands", [any_floats, alike, ties, subnormal, subnormal_ties])
def test_fma_is_fmaf(operands, measured):
    a, b, c = operands(np.random.default_rng(1), COUNT)
    expected = fmaf(a, b, c)
    found = float32.fma(a, b, c)
    assert found.dtype == np.float32
    is_number = ~np.isnan(expected)
    np.testing.assert_array_equal(np.isnan(found), ~is_number)
    np.testing.assert_array_equal(found.view(np.uint32)[is_number], expected.view(np.uint32)[is_number])
    wrong = np.count_nonzero((naive(a, b, c) != expected) & is_number)
    measured(f"fma, {operands.__name__}: {COUNT} of {COUNT} right, {wrong} would be wrong if rounded twice")
    assert wrong > 1000 or "ties" not in operands.__name__


@pytest.mark.parametrize("operands", [alike, ties, subnormal, subnormal_ties])
def test_fma_is_the_nearest_of_all_floats(operands):
    """An oracle without any fma: the exact sum lies no nearer to either neighbour, and a tie goes to the even one."""
    a, b, c = operands(np.random.default_rng(2), 3000)
    for x, y, z, found in zip(a, b, c, float32.fma(a, b, c)):
        exact = fractions.Fraction(float(x)) * fractions.Fraction(float(y)) + fractions.Fraction(float(z))
        distance = abs(fractions.Fraction(float(found)) - exact)
        for neighbour in (np.nextafter(found, np.float32(-np.inf)), np.nextafter(found, np.float32(np.inf))):
            other = abs(fractions.Fraction(float(neighbour)) - exact)
            assert distance < other or (distance == other and not found.view(np.uint32) & 1)


def test_fma_of_zeros_infinities_and_nan():
    values = np.array([0, -0.0, 1, -1, np.inf, -np.inf, np.nan, 3e38, -3e38, 1e-45, -1e-45], np.float32)
    a, b, c = (v.ravel() for v in np.meshgrid(values, values, values))
    expected, found = fmaf(a, b, c), float32.fma(a, b, c)
    is_number = ~np.isnan(expected)
    np.testing.assert_array_equal(np.isnan(found), ~is_number)
    np.testing.assert_array_equal(found.view(np.uint32)[is_number], expected.view(np.uint32)[is_number])


def test_fma_broadcasts_and_takes_scalars():
    found = float32.fma(np.float32(2), np.ones((3, 1), np.float32), np.arange(4, dtype=np.float32))
    np.testing.assert_array_equal(found, np.broadcast_to(np.arange(4) + 2, (3, 4)))
    assert float32.fma(np.float32(2), np.float32(3), np.float32(4)) == 10


# The bounds of rational_math-inl.h.
def test_tanh_sigmoid_and_exp_keep_their_bounds():
    x = np.linspace(-100, 100, 400_001, dtype=np.float32)
    exact = x.astype(np.float64)
    assert np.abs(float32.tanh(x) - np.tanh(exact)).max() < 3.5e-7
    assert np.abs(float32.sigmoid(x) - 1 / (1 + np.exp(-exact))).max() < 1.8e-7
    inside = (x >= -87) & (x <= 88)
    assert np.abs(float32.exp(x)[inside] / np.exp(exact[inside]) - 1).max() < 1.0e-7
    assert not float32.exp(x)[x < -87].any() and np.isinf(float32.exp(x)[x > 88]).all()
    for function in (float32.tanh, float32.sigmoid, float32.exp):
        assert math.isnan(function(np.array([np.nan], np.float32))[0])

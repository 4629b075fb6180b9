"""tanh and sigmoid in 16-bit integers, over every argument there is."""

import numpy as np

from tf_wavenet.reference import fixed_math

X = np.arange(-32767, 32768)
TABLE_ERROR = 1.03e-4  # Of tanh_q15(x) for exact x: cubic fit, coefficients and three products rounded to 2^-15.
ROUNDING_ERROR = 0.5 / 4096  # Of the argument; tanh has slopes up to 1.
TANH_ERROR = 2.3e-4  # Both, and a little.


def test_tanh_keeps_its_bound(measured):
    error = np.abs(fixed_math.tanh_q15(X) / 32768 - np.tanh(X / 4096)).max()
    measured(f"tanh_q15 from exact arguments: {error:.3g}")
    assert error < TABLE_ERROR
    assert error > TABLE_ERROR / 1.02  # The constant says what is so.


def test_tanh_of_rounded_arguments_keeps_its_bound(measured):
    real = np.linspace(-9, 9, 1_800_001)
    rounded = np.rint(np.clip(real * 4096, -32767, 32767)).astype(np.int64)
    error = np.abs(fixed_math.tanh_q15(rounded) / 32768 - np.tanh(real)).max()
    measured(f"tanh_q15 from rounded arguments: {error:.3g}")
    assert error < TANH_ERROR
    assert TABLE_ERROR + ROUNDING_ERROR < TANH_ERROR


def test_tanh_is_odd_zero_at_zero_and_never_falls_by_more_than_rounding():
    y = fixed_math.tanh_q15(X)
    np.testing.assert_array_equal(y, -y[::-1])
    assert fixed_math.tanh_q15(0) == 0
    assert y.max() == 32767
    assert np.diff(y).min() >= -2


def test_sigmoid_is_between_0_and_1_and_keeps_its_bound():
    y = fixed_math.sigmoid_q15(X)
    assert y.min() >= 0 and y.max() <= 32767
    # Half of tanh's error, and up to one unit that the shift drops.
    assert np.abs(y / 32768 - 1 / (1 + np.exp(-X / 2048))).max() < TABLE_ERROR / 2 + 2**-15


def test_every_intermediate_value_fits_16_bits():
    """`>> 15` aside, which pmulhrsw does in 32 bits. Lanes of int16 would wrap where this fails."""
    seen = []
    original = fixed_math.mulhrs

    def recording(a, b):
        product = original(a, b)
        seen.extend([a, b, product])
        return product

    fixed_math.mulhrs = recording
    try:
        seen.append(fixed_math.tanh_q15(X))
    finally:
        fixed_math.mulhrs = original
    assert len(seen) == 10
    for value in seen:
        assert np.min(value) >= -32768 and np.max(value) <= 32767
    # pmulhrsw wraps only where both factors are -32768.
    for a, b in (seen[i : i + 2] for i in (0, 3, 6)):
        assert not np.any((a == -32768) & (b == -32768))


def test_mulhrs_rounds_halves_up():
    np.testing.assert_array_equal(fixed_math.mulhrs(np.array([1, -1, 3, -3, 2]), 1 << 14), [1, 0, 2, -1, 1])

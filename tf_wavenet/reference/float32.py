"""Float32 operations that NumPy lacks, to the bit: fma, and the engine's rational tanh, sigmoid and exp.

Everything works elementwise on float32 arrays. The functions are those of cc/engine/numerics/rational_math-inl.h, which
states their errors; addition, multiplication, division and comparison are NumPy's own, each rounded once.
"""

import numpy as np

_TANH_P = (1.3184205280983065e-08, 2.047181580696119e-05, 0.003486580937360447, 0.13373196869383933, 0.9999999063518069)
_TANH_Q = (7.702655500036596e-07, 0.00032713838675978824, 0.025841975488449662, 0.4670649373157437, 1.0)
_TANH_BOUND, _ONE, _HALF = np.float32(9), np.float32(1), np.float32(0.5)

_EXP_P = (0.00138145, 0.00836875, 0.04166839, 0.1666652, 0.49999993)
_EXP_LOW, _EXP_HIGH = np.float32(-87), np.float32(88)
_MAGIC = np.float32(1.5 * 2**23)  # Added to a small float32, it leaves the nearest integer in the sum's low bits.
_INVERSE_LN2, _MINUS_LN2_HIGH, _MINUS_LN2_LOW = (
    np.float32(c) for c in (1.44269504088896341, -0.693145751953125, -1.428606820286226764e-06)
)


@np.errstate(invalid="ignore", over="ignore")
def fma(a, b, c) -> np.ndarray:
    """Returns a b + c rounded once, from float32 `a`, `b` and `c` that broadcast. NaN and infinities as in IEEE 754.

    The product is exact in float64. Its sum with `c` is rounded to odd there: a sum that is not exact becomes the one
    of its two float64 neighbours whose last bit is set. That bit remembers on which side of a float32, or of the
    middle between two, the exact sum lies, so that rounding once more, to float32, cannot go wrong.

    Reference: Boldo and Melquiond, Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to
    odd (IEEE Transactions on Computers 57(4), 2008), section 5.
    """
    product = np.multiply(a, b, dtype=np.float64)
    c = np.asarray(c, np.float64)
    rounded = np.asarray(product + c)
    # Knuth's TwoSum: rounded + error is the exact sum. Of infinities and NaN the error is NaN, which counts as exact.
    virtual = rounded - product
    error = (product - (rounded - virtual)) + (c - virtual)
    inexact = np.abs(error) > 0
    bits = rounded.view(np.int64)
    to_odd = np.where((error > 0) == (rounded > 0), 1, -1)  # Away from zero, or towards it.
    return (bits + to_odd * (inexact & (bits & 1 == 0))).view(np.float64).astype(np.float32)


def horner(coefficients, t: np.ndarray) -> np.ndarray:
    """Returns the polynomial whose `coefficients` come from the highest power on, one fma for each power."""
    p, *rest = np.float32(coefficients)
    for c in rest:
        p = fma(p, t, c)
    return p


def tanh(x: np.ndarray) -> np.ndarray:
    """Returns x P(x^2) / Q(x^2), bounded by 1; NaN gives NaN."""
    x = np.minimum(_TANH_BOUND, np.maximum(-_TANH_BOUND, x))
    t = x * x
    coefficients = np.stack([_TANH_P, _TANH_Q], axis=1)  # [5, 2]: both polynomials at once, which takes half as long.
    p, q = horner(coefficients.reshape(-1, 2, *[1] * t.ndim), t)
    ratio = x * p / q
    return np.minimum(_ONE, np.maximum(-_ONE, ratio))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Returns (1 + tanh(x / 2)) / 2."""
    return fma(tanh(x * _HALF), _HALF, _HALF)


def exp(x: np.ndarray) -> np.ndarray:
    """Returns 2^n e^r, n = round(x / ln 2), e^r = 1 + r + r^2 P(r); 0 below -87, inf above 88, NaN gives NaN."""
    bounded = np.minimum(_EXP_HIGH, np.maximum(_EXP_LOW, x))
    shifted = fma(bounded, _INVERSE_LN2, _MAGIC)
    n = shifted - _MAGIC
    r = fma(n, _MINUS_LN2_LOW, fma(n, _MINUS_LN2_HIGH, bounded))
    e = fma(r * r, horner(_EXP_P, r), r) + _ONE
    result = (e.view(np.uint32) + (shifted.view(np.uint32) << np.uint32(23))).view(np.float32)
    result = np.where(x < _EXP_LOW, np.float32(0), result)
    result = np.where(x > _EXP_HIGH, np.float32(np.inf), result)
    return np.where(np.isnan(x), x, result)

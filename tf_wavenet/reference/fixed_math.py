"""tanh and sigmoid in 16-bit integers, the gate of integer voices: cubics on sixteen segments of half a unit.

    tanh_q15(x)    ~ 2^15 tanh(x / 2^12)     within 1.03e-4 of tanh, and 2.3e-4 with x rounded
    sigmoid_q15(x) ~ 2^15 sigmoid(x / 2^11)  = (1 + tanh(x / 2^12)) / 2

Every intermediate value fits int16, so that 16-bit lanes compute the same.
"""

import numpy as np

LIMIT = 32767  # Arguments span [-LIMIT, LIMIT].

# Of each segment: p(u) = c0 + c1 u + c2 u^2 + c3 u^3, u in [-1, 1) across it; coefficients and u in units of 2^-15.
_C0 = (8023, 20811, 27797, 30847, 32049, 32501, 32670, 32732, 32755, 32763, 32766, 32767, 32767, 32767, 32767, 32767)
_C1 = (7701, 4888, 2297, 932, 356, 133, 49, 18, 6, 2, 1, 0, 0, 0, 0, 0)
_C2 = (-453, -763, -489, -222, -90, -33, -13, -5, -2, -1, 0, 0, 0, 0, 0, 0)
_C3 = (-131, 19, 55, 33, 14, 5, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0)


def mulhrs(a, b):
    """Returns a b / 2^15, halves rounded up, as the instruction pmulhrsw does."""
    return (a * b + (1 << 14)) >> 15


def tanh_q15(x) -> np.ndarray:
    """Returns int64 in [-32767, 32767] from integers in [-32767, 32767]."""
    c0, c1, c2, c3 = np.array((_C0, _C1, _C2, _C3))
    a = np.abs(x)
    segment = a >> 11
    u = ((a & 2047) << 5) - 32768
    p = c2[segment] + mulhrs(c3[segment], u)
    p = c1[segment] + mulhrs(p, u)
    p = c0[segment] + mulhrs(p, u)
    return np.where(x < 0, -p, p)


def sigmoid_q15(x) -> np.ndarray:
    """Returns int64 in [0, 32767] from integers in [-32767, 32767]; the shift rounds down."""
    return (tanh_q15(x) >> 1) + (1 << 14)

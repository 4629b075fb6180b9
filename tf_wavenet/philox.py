"""The uniforms that the sampler draws with, in NumPy: the reference of the engine's generator.

    u(t) = (word0 of Philox4x32-10(key = seed, counter = t) >> 8) * 2^-24

Counted, not carried: u(t) depends on seed and position alone, so chunks, batches and threads draw the same.

Reference: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC 2011), section 3.
"""

import numpy as np

_ROUNDS = 10
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HIGH_SHIFT = np.uint64(32)


def philox4x32(counter: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """Encrypts counters with Philox4x32-10.

    Args:
      counter: uint32 `[n, 4]`.
      key: two 32-bit words.

    Returns:
      uint32 `[n, 4]`.
    """
    words = [counter[:, i].astype(np.uint64) for i in range(4)]
    for i in range(_ROUNDS):
        keys = [np.uint64((key[j] + i * _KEY_STEPS[j]) & 0xFFFFFFFF) for j in range(2)]
        products = [_MULTIPLIERS[0] * words[0], _MULTIPLIERS[1] * words[2]]
        words = [
            (products[1] >> _HIGH_SHIFT) ^ words[1] ^ keys[0],
            products[1] & _LOW,
            (products[0] >> _HIGH_SHIFT) ^ words[3] ^ keys[1],
            products[0] & _LOW,
        ]
    return np.stack(words, axis=1).astype(np.uint32)


def uniforms(seed: int, first: int, count: int) -> np.ndarray:
    """Returns `u(first), ..., u(first + count - 1)` of `seed`.

    Args:
      seed: int64.
      first: position of the first uniform, in samples, in [0, 2^64).
      count: how many.

    Returns:
      float32 `[count]`, multiples of 2^-24 in [0, 1).

    Raises:
      ValueError: if an argument is out of range.
    """
    check_uniforms_arguments(seed, first, count)
    positions = np.uint64(first) + np.arange(count, dtype=np.uint64)
    counter = np.zeros((count, 4), np.uint32)
    counter[:, 0] = positions & _LOW
    counter[:, 1] = positions >> _HIGH_SHIFT
    bits = seed % (1 << 64)
    words = philox4x32(counter, (bits & 0xFFFFFFFF, bits >> 32))
    return (words[:, 0] >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)


def check_uniforms_arguments(seed: int, first: int, count: int) -> None:
    """Raises `ValueError` unless `seed` is an int64 and [first, first + count) lies in [0, 2^64)."""
    if not -(1 << 63) <= seed < 1 << 63:
        raise ValueError(f"seed is {seed}, must be in [-2^63, 2^63)")
    if count < 0:
        raise ValueError(f"count is {count}, must be at least 0")
    if first < 0 or first + count > 1 << 64:
        raise ValueError(f"first is {first} and count {count}, positions must lie in [0, 2^64)")

"""The checksum that a voice file ends with (cc/engine/model/checksum.h), in NumPy."""

import numpy as np

BLOCK_BYTES = 64
_BASIS = 0xCBF29CE484222325
_PRIME = 0x100000001B3
_ROTATION = 29
_MASK = (1 << 64) - 1


def checksum(data: bytes | np.ndarray) -> int:
    """Returns the 64-bit checksum of some bytes: FNV-1a with a rotation, over eight interleaved lanes.

    Args:
      data: bytes or uint8 `[n]`, n a multiple of 64.

    Raises:
      ValueError: if n is not a multiple of 64.
    """
    data = np.frombuffer(data, np.uint8)
    if data.size % BLOCK_BYTES:
        raise ValueError(f"data has {data.size} bytes, must be a multiple of {BLOCK_BYTES}")
    lanes = np.uint64(_BASIS) + np.arange(8, dtype=np.uint64)
    high = np.empty_like(lanes)
    left, right, prime = np.uint64(_ROTATION), np.uint64(64 - _ROTATION), np.uint64(_PRIME)
    for words in data.view("<u8").reshape(-1, 8):
        np.bitwise_xor(lanes, words, lanes)
        np.right_shift(lanes, right, high)
        np.left_shift(lanes, left, lanes)
        np.bitwise_or(lanes, high, lanes)
        np.multiply(lanes, prime, lanes)
    folded = _BASIS
    for lane in lanes.tolist():
        folded ^= lane
        folded = (folded << _ROTATION | folded >> 64 - _ROTATION) & _MASK
        folded = folded * _PRIME & _MASK
    return folded

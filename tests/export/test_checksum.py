import numpy as np
import pytest

from tf_wavenet import native
from tf_wavenet.export import checksum


def pattern(size):
    return np.random.default_rng(size).integers(0, 256, size, np.uint8)


def test_known_values():
    """Those of checksum_test.cc: the two sides may not drift apart together."""
    assert checksum(b"") == 0x40E6E9333F92D8AB
    assert checksum(bytes(range(128))) == 0xCFC33D289AF88E82


@pytest.mark.parametrize("size", [0, 64, 128, 192, 64 * 1000])
def test_is_the_engines(size):
    data = pattern(size)
    assert checksum(data) == checksum(data.tobytes()) == native.checksum(data)


def test_two_flipped_signs_in_a_lane_do_not_cancel():
    data = pattern(192)
    flipped = data.copy()
    flipped[[7, 64 + 7]] ^= 0x80
    assert checksum(flipped) != checksum(data)


def test_refuses_half_blocks():
    with pytest.raises(ValueError, match="data has 65 bytes, must be a multiple of 64"):
        checksum(bytes(65))

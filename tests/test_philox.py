import numpy as np
import pytest

from tf_wavenet import native, philox


# Known answers of Random123 (kat_vectors, philox4x32 10).
@pytest.mark.parametrize(
    "counter, key, expected",
    [
        ([0, 0, 0, 0], (0, 0), [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        ([0xFFFFFFFF] * 4, (0xFFFFFFFF, 0xFFFFFFFF), [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            (0xA4093822, 0x299F31D0),
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ],
)
def test_philox_gives_the_known_answers(counter, key, expected):
    assert philox.philox4x32(np.array([counter], np.uint32), key)[0].tolist() == expected


def test_uniforms_fill_the_unit_interval():
    drawn = philox.uniforms(7, 0, 100_000)
    assert drawn.dtype == np.float32
    assert 0 <= drawn.min() and drawn.max() < 1
    counts, _ = np.histogram(drawn, bins=16, range=(0, 1))
    # 6250 expected in each bin, standard deviation 77: five of them.
    assert np.abs(counts - 6250).max() < 5 * 77


def test_a_later_start_continues_the_same_sequence():
    assert np.array_equal(philox.uniforms(7, 0, 100)[30:], philox.uniforms(7, 30, 70))


@pytest.mark.parametrize("seed", [0, 1, -1, 1 << 40, (1 << 63) - 1, -(1 << 63)])
@pytest.mark.parametrize("first", [0, 12345, (1 << 32) - 3, (1 << 64) - 10])
def test_the_engine_draws_the_same(seed, first):
    assert np.array_equal(native.uniforms(seed, first, 10), philox.uniforms(seed, first, 10))


@pytest.mark.parametrize("uniforms", [philox.uniforms, native.uniforms])
@pytest.mark.parametrize(
    "arguments, message",
    [
        ((1 << 63, 0, 1), "seed is 9223372036854775808"),
        ((0, -1, 1), "first is -1"),
        ((0, (1 << 64) - 1, 2), "positions must lie"),
        ((0, 0, -1), "count is -1"),
    ],
)
def test_arguments_out_of_range_are_refused(uniforms, arguments, message):
    with pytest.raises(ValueError, match=message):
        uniforms(*arguments)

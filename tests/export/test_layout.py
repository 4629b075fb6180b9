import numpy as np
import pytest

from tf_wavenet.export import layout

SIZES = (1, 15, 16, 17, 48, 80, 240)


DTYPES = (np.float32, np.int16, np.int8)


def slow_pack(matrix, groups):
    """layout.h, value by value: rows padded group by group, cut into panels, stored by columns that fill 32 bits."""
    rows, cols = len(matrix) // groups, len(matrix[0])
    at_once = {"float32": 1, "int16": 2, "int8": 4}[matrix.dtype.name]
    padded_cols = cols
    while padded_cols % at_once:
        padded_cols += 1
    padded = []
    for group in range(groups):
        for row in range(rows):
            padded.append([*matrix[group * rows + row], *[0] * (padded_cols - cols)])
        while len(padded) % 16:
            padded.append([0] * padded_cols)
    out = []
    for first in range(0, len(padded), 64):
        panel = padded[first : first + 64]
        for col in range(0, padded_cols, at_once):
            for row in panel:
                out += row[col : col + at_once]
    return np.array(out, matrix.dtype)


def random_matrix(rows, cols, dtype):
    rng = np.random.default_rng(rows * 1000 + cols)
    if dtype == np.float32:
        return rng.normal(size=(rows, cols)).astype(dtype)
    limits = np.iinfo(dtype)
    return rng.integers(limits.min, limits.max, (rows, cols), dtype, endpoint=True)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("groups", [1, 2, 3])
@pytest.mark.parametrize("cols", (*SIZES, 2, 3, 5))
@pytest.mark.parametrize("rows", SIZES)
def test_pack_is_the_documented_order_and_unpack_its_inverse(rows, cols, groups, dtype):
    matrix = random_matrix(groups * rows, cols, dtype)
    packed = layout.pack(matrix, groups)
    assert packed.dtype == dtype
    np.testing.assert_array_equal(packed, slow_pack(matrix, groups))
    unpacked = layout.unpack(packed, groups * rows, cols, groups)
    assert unpacked.dtype == dtype
    np.testing.assert_array_equal(unpacked, matrix)


def test_pack_on_paper():
    matrix = np.arange(1, 5, dtype=np.float32).reshape(2, 2)  # [[1, 2], [3, 4]]
    np.testing.assert_array_equal(layout.pack(matrix), [1, 3, *[0] * 14, 2, 4, *[0] * 14])
    gate = [1, *[0] * 15, 3, *[0] * 15, 2, *[0] * 15, 4, *[0] * 15]
    np.testing.assert_array_equal(layout.pack(matrix, groups=2), gate)


def test_pack_of_integers_on_paper():
    matrix = np.arange(1, 11).reshape(2, 5)  # [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]
    pairs = [1, 2, 6, 7, *[0] * 28, 3, 4, 8, 9, *[0] * 28, 5, 0, 10, 0, *[0] * 28]
    np.testing.assert_array_equal(layout.pack(matrix.astype(np.int16)), pairs)
    fours = [1, 2, 3, 4, 6, 7, 8, 9, *[0] * 56, 5, 0, 0, 0, 10, 0, 0, 0, *[0] * 56]
    np.testing.assert_array_equal(layout.pack(matrix.astype(np.int8)), fours)
    gate = [1, 2, 3, 4, *[0] * 60, 6, 7, 8, 9, *[0] * 60, 5, *[0] * 63, 10, *[0] * 63]
    np.testing.assert_array_equal(layout.pack(matrix.astype(np.int8), groups=2), gate)


def test_pack_takes_any_strides():
    matrix = np.random.default_rng(0).normal(size=(17, 33)).astype(np.float32)
    np.testing.assert_array_equal(layout.pack(np.asfortranarray(matrix)), layout.pack(matrix))
    packed = layout.pack(matrix)
    np.testing.assert_array_equal(layout.unpack(np.repeat(packed, 2)[::2], 17, 33), matrix)
    np.testing.assert_array_equal(layout.pack(matrix[::-1, ::2]), layout.pack(matrix[::-1, ::2].copy()))


def test_pad_rows():
    assert [layout.pad_rows(rows) for rows in (1, 15, 16, 17, 80, 81)] == [16, 16, 16, 32, 80, 96]


def test_pad_cols():
    for dtype, padded in zip(DTYPES, ([1, 2, 3, 4, 5], [2, 2, 4, 4, 6], [4, 4, 4, 4, 8])):
        assert [layout.pad_cols(cols, dtype) for cols in (1, 2, 3, 4, 5)] == padded


@pytest.mark.parametrize(
    "matrix, groups, message",
    [
        (np.zeros((4, 4)), 1, r"matrix is float64 \[4, 4\], must be float32"),
        (np.zeros((4, 4), np.uint8), 1, r"matrix is uint8 \[4, 4\], must be float32, int16 or int8"),
        (np.zeros(4, np.float32), 1, r"matrix is float32 \[4\], must be"),
        (np.zeros((5, 4), np.float32), 2, "5 rows do not divide into 2 groups"),
        (np.zeros((0, 4), np.float32), 1, "0 rows do not divide into 1 groups"),
        (np.zeros((4, 4), np.float32), 0, "4 rows do not divide into 0 groups"),
    ],
)
def test_pack_refuses(matrix, groups, message):
    with pytest.raises(ValueError, match=message):
        layout.pack(matrix, groups)


def test_unpack_refuses_other_sizes():
    with pytest.raises(ValueError, match=r"packed has shape \[63\], a \[5, 4\] matrix has \[64\]"):
        layout.unpack(np.zeros(63, np.float32), 5, 4)
    with pytest.raises(ValueError, match=r"packed has shape \[64\], a \[5, 5\] matrix has \[128\]"):
        layout.unpack(np.zeros(64, np.int8), 5, 5)
    with pytest.raises(ValueError, match="packed is float64, must be float32, int16 or int8"):
        layout.unpack(np.zeros(64), 5, 4)

import numpy as np
import pytest

from tf_wavenet.export import layout

SIZES = (1, 15, 16, 17, 48, 80, 240)


def slow_pack(matrix, groups):
    """layout.h, word by word: rows padded group by group, cut into panels, each panel column by column."""
    rows, cols = len(matrix) // groups, len(matrix[0])
    padded = []
    for group in range(groups):
        for row in range(rows):
            padded.append(list(matrix[group * rows + row]))
        while len(padded) % 16:
            padded.append([0.0] * cols)
    out = []
    for first in range(0, len(padded), 64):
        panel = padded[first : first + 64]
        for col in range(cols):
            for row in panel:
                out.append(row[col])
    return np.array(out, np.float32)


@pytest.mark.parametrize("groups", [1, 2, 3])
@pytest.mark.parametrize("cols", SIZES)
@pytest.mark.parametrize("rows", SIZES)
def test_pack_is_the_documented_order_and_unpack_its_inverse(rows, cols, groups):
    matrix = np.random.default_rng(rows * 1000 + cols).normal(size=(groups * rows, cols)).astype(np.float32)
    packed = layout.pack(matrix, groups)
    assert packed.dtype == np.float32
    np.testing.assert_array_equal(packed, slow_pack(matrix, groups))
    np.testing.assert_array_equal(layout.unpack(packed, groups * rows, cols, groups), matrix)


def test_pack_on_paper():
    matrix = np.arange(1, 5, dtype=np.float32).reshape(2, 2)  # [[1, 2], [3, 4]]
    np.testing.assert_array_equal(layout.pack(matrix), [1, 3, *[0] * 14, 2, 4, *[0] * 14])
    gate = [1, *[0] * 15, 3, *[0] * 15, 2, *[0] * 15, 4, *[0] * 15]
    np.testing.assert_array_equal(layout.pack(matrix, groups=2), gate)


def test_pack_takes_any_strides():
    matrix = np.random.default_rng(0).normal(size=(17, 33)).astype(np.float32)
    np.testing.assert_array_equal(layout.pack(np.asfortranarray(matrix)), layout.pack(matrix))
    np.testing.assert_array_equal(layout.pack(matrix[::-1, ::2]), layout.pack(matrix[::-1, ::2].copy()))


def test_pad_rows():
    assert [layout.pad_rows(rows) for rows in (1, 15, 16, 17, 80, 81)] == [16, 16, 16, 32, 80, 96]


@pytest.mark.parametrize(
    "matrix, groups, message",
    [
        (np.zeros((4, 4)), 1, r"matrix is float64 \[4, 4\], must be float32"),
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

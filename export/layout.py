"""The tile order of packed matrices, which the engine's kernels read in place (cc/engine/kernels/layout.h).

Rows are padded with zeros to a multiple of 16 and cut into panels of 64 (the last one holds what is left). Columns are
taken in groups that fill 32 bits: 1 of float32, 2 of int16, 4 of int8; zeros fill the last group. A panel is stored
group by group, its rows side by side, the columns of a group together within each row: column by column, if 32 bits
are taken as one number.
"""

import numpy as np

ROW_ALIGN = 16  # 32-bit numbers in 64 bytes, a cache line and an AVX-512 register.
PANEL_ROWS = 64
_GROUP_BYTES = 4
_DTYPES = (np.float32, np.int16, np.int8)


def pad_rows(rows: int) -> int:
    """Returns `rows` rounded up to a multiple of `ROW_ALIGN`."""
    return -(-rows // ROW_ALIGN) * ROW_ALIGN


def pad_cols(cols: int, dtype: np.dtype) -> int:
    """Returns `cols` rounded up to whole groups: a multiple of 1 for float32, 2 for int16, 4 for int8."""
    group_cols = _GROUP_BYTES // np.dtype(dtype).itemsize
    return -(-cols // group_cols) * group_cols


def pack(matrix: np.ndarray, groups: int = 1) -> np.ndarray:
    """Puts a matrix into tile order.

    Args:
      matrix: float32, int16 or int8 `[groups * rows, cols]`; the rows of a group are adjacent.
      groups: how many groups of rows are padded each on its own: 2 for a gate, whose halves must both begin aligned.

    Returns:
      `[groups * pad_rows(rows) * pad_cols(cols)]` of the same type.

    Raises:
      ValueError: if `matrix` is not a matrix of such numbers, or its rows do not divide into `groups`.
    """
    matrix = np.asarray(matrix)
    if matrix.dtype not in _DTYPES or matrix.ndim != 2:
        raise ValueError(
            f"matrix is {matrix.dtype} {list(matrix.shape)}, must be float32, int16 or int8 and [rows, cols]"
        )
    rows, cols = _rows_per_group(matrix.shape[0], groups), matrix.shape[1]
    padded = np.zeros((groups, pad_rows(rows), pad_cols(cols, matrix.dtype)), matrix.dtype)
    padded[:, :rows, :cols] = matrix.reshape(groups, rows, cols)
    words = padded.reshape(groups * pad_rows(rows), -1).view(np.uint32)
    full = words.shape[0] // PANEL_ROWS * PANEL_ROWS
    panels = words[:full].reshape(-1, PANEL_ROWS, words.shape[1]).transpose(0, 2, 1)
    return np.concatenate([panels.ravel(), words[full:].T.ravel()]).view(matrix.dtype)


def unpack(packed: np.ndarray, rows: int, cols: int, groups: int = 1) -> np.ndarray:
    """Takes a matrix out of tile order: the inverse of `pack`.

    Args:
      packed: one-dimensional, as `pack` returns it.
      rows: rows of the matrix, all groups together, without padding.
      cols: columns of the matrix, without padding.
      groups: as given to `pack`.

    Returns:
      `[rows, cols]` of the type of `packed`.

    Raises:
      ValueError: if `packed` has another type or size than such a matrix.
    """
    group_rows = _rows_per_group(rows, groups)
    packed = np.ascontiguousarray(packed)
    if packed.dtype not in _DTYPES:
        raise ValueError(f"packed is {packed.dtype}, must be float32, int16 or int8")
    padded_rows, padded_cols = groups * pad_rows(group_rows), pad_cols(cols, packed.dtype)
    size = padded_rows * padded_cols
    if packed.shape != (size,):
        raise ValueError(f"packed has shape {list(packed.shape)}, a [{rows}, {cols}] matrix has [{size}]")
    words = packed.view(np.uint32)
    full, cols_of_words = padded_rows // PANEL_ROWS * PANEL_ROWS, words.size // padded_rows
    panels = words[: full * cols_of_words].reshape(-1, cols_of_words, PANEL_ROWS).transpose(0, 2, 1)
    rest = words[full * cols_of_words :].reshape(cols_of_words, padded_rows - full).T
    padded = np.ascontiguousarray(np.concatenate([panels.reshape(full, cols_of_words), rest]))
    return padded.view(packed.dtype).reshape(groups, -1, padded_cols)[:, :group_rows, :cols].reshape(rows, cols)


def _rows_per_group(rows: int, groups: int) -> int:
    if groups < 1 or rows < 1 or rows % groups:
        raise ValueError(f"{rows} rows do not divide into {groups} groups")
    return rows // groups

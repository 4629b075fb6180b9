"""The tile order of packed matrices, which the engine's kernels read in place (cc/engine/kernels/layout.h).

Rows are padded with zeros to a multiple of 16 and cut into panels of 64 (the last one holds what is left). A panel is
stored column by column, its rows side by side.
"""

import numpy as np

ROW_ALIGN = 16  # Float32 values in 64 bytes, a cache line and an AVX-512 register.
PANEL_ROWS = 64


def pad_rows(rows: int) -> int:
    """Returns `rows` rounded up to a multiple of `ROW_ALIGN`."""
    return -(-rows // ROW_ALIGN) * ROW_ALIGN


def pack(matrix: np.ndarray, groups: int = 1) -> np.ndarray:
    """Puts a matrix into tile order.

    Args:
      matrix: float32 `[groups * rows, cols]`; the rows of a group are adjacent.
      groups: how many groups of rows are padded each on its own: 2 for a gate, whose halves must both begin aligned.

    Returns:
      float32 `[groups * pad_rows(rows) * cols]`.

    Raises:
      ValueError: if `matrix` is not a float32 matrix, or its rows do not divide into `groups`.
    """
    matrix = np.asarray(matrix)
    if matrix.dtype != np.float32 or matrix.ndim != 2:
        raise ValueError(f"matrix is {matrix.dtype} {list(matrix.shape)}, must be float32 [rows, cols]")
    rows, cols = _rows_per_group(matrix.shape[0], groups), matrix.shape[1]
    padded = np.zeros((groups, pad_rows(rows), cols), np.float32)
    padded[:, :rows] = matrix.reshape(groups, rows, cols)
    padded = padded.reshape(-1, cols)
    full = padded.shape[0] // PANEL_ROWS * PANEL_ROWS
    panels = padded[:full].reshape(-1, PANEL_ROWS, cols).transpose(0, 2, 1)
    return np.concatenate([panels.ravel(), padded[full:].T.ravel()])


def unpack(packed: np.ndarray, rows: int, cols: int, groups: int = 1) -> np.ndarray:
    """Takes a matrix out of tile order: the inverse of `pack`.

    Args:
      packed: float32, one-dimensional, as `pack` returns it.
      rows: rows of the matrix, all groups together, without padding.
      cols: columns of the matrix.
      groups: as given to `pack`.

    Returns:
      float32 `[rows, cols]`.

    Raises:
      ValueError: if `packed` has another size than such a matrix.
    """
    group_rows = _rows_per_group(rows, groups)
    padded_rows = groups * pad_rows(group_rows)
    packed = np.asarray(packed)
    if packed.shape != (padded_rows * cols,):
        raise ValueError(f"packed has shape {list(packed.shape)}, a [{rows}, {cols}] matrix has [{padded_rows * cols}]")
    full = padded_rows // PANEL_ROWS * PANEL_ROWS
    panels = packed[: full * cols].reshape(-1, cols, PANEL_ROWS).transpose(0, 2, 1).reshape(full, cols)
    rest = packed[full * cols :].reshape(cols, padded_rows - full).T
    padded = np.concatenate([panels, rest]).reshape(groups, pad_rows(group_rows), cols)
    return padded[:, :group_rows].reshape(rows, cols)


def _rows_per_group(rows: int, groups: int) -> int:
    if groups < 1 or rows < 1 or rows % groups:
        raise ValueError(f"{rows} rows do not divide into {groups} groups")
    return rows // groups

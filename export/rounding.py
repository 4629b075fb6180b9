"""Rounding a matrix to integers so that its products, not its weights, stay close.

Columns are rounded one after another; what rounding did to the outputs so far is made up for, as far as inputs go
together, in the columns that are not rounded yet. With U the upper Cholesky factor of the inverse of the damped
H = X^T X, column c's error e = (w_c - row_scale q_c) / U[c, c] takes e U[c, j] from every later column j.

Reference: Frantar et al., GPTQ, arXiv:2210.17323, section 3.3.
"""

import numpy as np

DAMPING = 0.01  # Of H's mean diagonal, added to its diagonal: inputs that hardly vary must not carry others' errors.


def nearest(matrix: np.ndarray, row_scale: np.ndarray, limit: int) -> np.ndarray:
    """Rounds each weight by itself.

    Args:
      matrix: `[rows, cols]`.
      row_scale: `[rows]`; a row whose scale is 0 becomes 0.
      limit: largest magnitude of a result.

    Returns:
      int64 `[rows, cols]`, halves to even.
    """
    steps = np.where(row_scale > 0, row_scale, np.inf)
    return np.clip(np.rint(matrix / steps[:, None]), -limit, limit).astype(np.int64)


class Compensation:
    """Rounding that minimises tr(E H E^T), E = W - row_scale W_q, greedily.

    Args:
      moments: H, float64 `[cols, cols]`, symmetric, not negative.
    """

    def __init__(self, moments: np.ndarray):
        mean = np.mean(np.diag(moments))
        # Inputs that were never there tell nothing: then any diagonal gives rounding to nearest.
        damped = moments + (DAMPING * mean if mean > 0 else 1.0) * np.eye(len(moments))
        self._factor = np.linalg.cholesky(np.linalg.inv(damped)).T

    def round(
        self, matrix: np.ndarray, row_scale: np.ndarray, limit: int, pair_limit: int | None = None, parts: int = 1
    ) -> np.ndarray:
        """Rounds as `nearest` does, with each row's errors compensated within the row.

        Args:
          matrix, row_scale, limit: as `nearest` takes them.
          pair_limit: largest sum of the magnitudes of columns 2 k and 2 k + 1; None = any.
          parts: matrices that stand side by side in `matrix`; pairs are counted within each.

        Returns:
          int64 `[rows, cols]`.
        """
        left = np.array(matrix, np.float64)
        result = np.empty(left.shape, np.int64)
        part_cols = left.shape[1] // parts
        for c, pivots in enumerate(self._factor):
            result[:, c] = nearest(left[:, c : c + 1], row_scale, limit)[:, 0]
            if pair_limit is not None and c % part_cols % 2:
                room = pair_limit - np.abs(result[:, c - 1])  # What the other of the pair leaves.
                result[:, c] = np.clip(result[:, c], -room, room)
            error = (left[:, c] - row_scale * result[:, c]) / pivots[c]
            left[:, c + 1 :] -= np.outer(error, pivots[c + 1 :])
        return result

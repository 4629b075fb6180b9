"""What the zero point of int8 activations adds to sums, and the biases that take it away again.

Inputs are stored as x_q = zero + n, so a row's sum holds zero * sum(w_q) beside what it should: a constant, which
biases absorb when a voice is exported. Gates have theirs in cond.bias; skips share skip.bias. int16 has zero 0.
"""

from collections.abc import Mapping

import numpy as np

from tf_wavenet.config import WaveNetConfig
from tf_wavenet.export.precision import IntegerNumbers


def zero_contributions(
    config: WaveNetConfig, tensors: Mapping[str, np.ndarray], numbers: IntegerNumbers
) -> dict[str, np.ndarray]:
    """Returns what the zero point adds to the outputs of a step, by the bias that has to take it away.

    Args:
      config: sizes.
      tensors: integer weights `[rows, cols]` and their float32 scales `[rows]`, by voice file name.
      numbers: the precision's.

    Returns:
      float64 arrays: "cond.bias" `[speakers, layers, 2 r]`, "skip.bias" `[s]`, "layers.I.res.bias" `[r]`.
    """

    def added(scale: str, *matrices: str) -> np.ndarray:
        sums = sum(tensors[matrix].sum(axis=1, dtype=np.int64) for matrix in matrices)
        return numbers.zero * tensors[f"{scale}.scale"].ravel().astype(np.float64) * sums

    layers = [f"layers.{i}" for i in range(config.layers)]
    gates = np.stack([added(f"{layer}.gate", f"{layer}.prev", f"{layer}.cur") for layer in layers])
    return {
        "cond.bias": np.tile(gates, (config.bias_rows, 1, 1)),  # Of every speaker.
        "skip.bias": sum(added(f"{layer}.skip", f"{layer}.skip") for layer in layers),
        **{f"{layer}.res.bias": added(f"{layer}.res", f"{layer}.res") for layer in layers[:-1]},
    }

"""Folding: what a step need not do, since it can be done once, in float64, when a voice is exported.

conditioning   c' = (c - mean) / scale  goes into  cond.weight / scale  and  cond.bias - cond.weight @ (mean / scale)
embedding      embed.bias is added to every row of embed.cur
skip biases    summed over layers
"""

from typing import Mapping

import numpy as np

from tf_wavenet.config import WaveNetConfig
from tf_wavenet.export.table import stored_tensors


def fold(config: WaveNetConfig, tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Returns the tensors of a voice file, not yet packed, from those of a model.

    Args:
      config: sizes.
      tensors: float32 tensors by `spec` name, checked.

    Returns:
      float32 tensors by voice file name; each reshapes to the `[rows, cols]` of its `StoredTensor`.

    Raises:
      ValueError: if a folded tensor overflows float32.
    """
    exact = {name: np.asarray(tensor, np.float64) for name, tensor in tensors.items()}
    layers = range(config.layers)
    mean, scale = exact["conditioning.mean"], exact["conditioning.scale"]
    weights = np.stack([exact[f"layers.{i}.cond.weight"] for i in layers])  # [layers, 2 r, window, channels]
    biases = np.stack([exact[f"layers.{i}.cond.bias"] for i in layers], axis=1)  # [speakers, layers, 2 r]
    folded = {
        "embed.prev": exact["embed.prev"],
        "embed.cur": exact["embed.cur"] + exact["embed.bias"],
        "skip.bias": sum(exact[f"layers.{i}.skip.bias"] for i in layers),
        "cond": weights / scale,
        "cond.bias": biases - np.einsum("lrwc,c->lr", weights, mean / scale),
    }
    for tensor in stored_tensors(config):
        if tensor.name not in folded:
            folded[tensor.name] = exact[tensor.name if tensor.name in exact else f"{tensor.name}.weight"]
    return {name: _to_float32(name, tensor) for name, tensor in folded.items()}


def _to_float32(name: str, tensor: np.ndarray) -> np.ndarray:
    largest = np.abs(tensor).max()
    if not largest <= np.finfo(np.float32).max:
        raise ValueError(
            f"{name} reaches {largest:g} when folded, float32 ends at {np.finfo(np.float32).max:g}: "
            "is a conditioning.scale far too small, or a mean far too large?"
        )
    return tensor.astype(np.float32)

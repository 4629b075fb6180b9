"""Voices of random weights, in any precision: good for timing, since a step's time does not depend on their values.

An integer voice stands for the same network as the f32 voice of its seed. Nothing is calibrated, which would take
longer than the runs to be timed: weights are rounded to nearest, as large as no sum can overflow with

    |w_q| <= min(weight_max, pair_max / 2, max_row_sum / cols),   row_scale = max|w| / that

and activations are given more room than a fresh network needs. Real voices are quantized with more care (export/).
"""

import os
from collections.abc import Mapping

import numpy as np

from tf_wavenet import export, spec
from tf_wavenet.config import VoiceConfig, WaveNetConfig
from tf_wavenet.export.precision import CONDITIONING_DTYPE, IntegerNumbers, precision_named
from tf_wavenet.export.rounding import nearest
from tf_wavenet.export.weights import quantize_conditioning
from tf_wavenet.export.zero_point import zero_contributions

# |x_i|, and z_s and z_a, that integers can hold. Of 40 random layers x_i reaches 13, z_s and z_a 2.2.
SIGNED_RANGE, RELU_RANGE = 16.0, 4.0


def write(path: str | os.PathLike, config: VoiceConfig, precision: str, *, name: str, seed: int) -> None:
    """Writes a voice file of random weights.

    Raises:
      ValueError: for a precision that does not exist.
    """
    numbers = precision_named(precision).integer
    tensors = export.fold(config.model, spec.random_tensors(config.model, seed))
    if numbers:
        tensors = _rounded(config.model, tensors, precision, numbers)
    stored = export.stored_tensors(config.model, precision)
    packed = {tensor.name: tensor.pack(tensors[tensor.name]) for tensor in stored}
    export.write_voice(path, config, packed, name=name, precision=precision)


def _rounded(
    config: WaveNetConfig, tensors: Mapping[str, np.ndarray], precision: str, numbers: IntegerNumbers
) -> dict[str, np.ndarray]:
    """Returns integers, scales, and biases that hold what the zero point adds."""
    signed_scale, relu_scale = SIGNED_RANGE / numbers.signed_max, RELU_RANGE / numbers.relu_max
    act_scale = np.array([signed_scale] * config.layers + [relu_scale] * 2)
    rounded = {**tensors, "act.inverse_scale": (1 / act_scale).astype(np.float32)}

    def put(scale_name: str, scale: float, *names: str) -> None:
        matrix = np.concatenate([tensors[name] for name in names], axis=1).astype(np.float64)
        limit = min(numbers.weight_max, numbers.max_row_sum // matrix.shape[1])
        if numbers.pair_max is not None:
            limit = min(limit, numbers.pair_max // 2)
        row_scale = np.abs(matrix).max(axis=1) / limit
        integers = nearest(matrix, row_scale, limit).astype(precision_named(precision).dtype)
        rounded[f"{scale_name}.scale"] = (row_scale * scale).astype(np.float32)
        rounded.update(zip(names, np.split(integers, len(names), axis=1)))

    for i in range(config.layers):
        layer = f"layers.{i}"
        put(f"{layer}.gate", act_scale[i], f"{layer}.prev", f"{layer}.cur")
        for name in (f"{layer}.res", f"{layer}.skip") if i < config.layers - 1 else (f"{layer}.skip",):
            put(name, numbers.gate_scale, name)
    put("relu", relu_scale, "relu")
    put("out", relu_scale, "out")
    cond = quantize_conditioning(tensors["cond"])
    rounded |= {"cond": cond.values.astype(CONDITIONING_DTYPE), "cond.scale": cond.row_scale.astype(np.float32)}
    for name, added in zero_contributions(config, rounded, numbers).items():
        rounded[name] = (tensors[name].reshape(added.shape) - added).astype(np.float32)
    return rounded

"""A voice file read back into a float32 model."""

import os

import numpy as np

from tf_wavenet import spec
from tf_wavenet.config import VoiceConfig, WaveNetConfig
from tf_wavenet.export.precision import precision_named
from tf_wavenet.export.table import stored_tensors
from tf_wavenet.export.voice_file import read_voice
from tf_wavenet.export.zero_point import zero_contributions


def read_tensors(path: str | os.PathLike) -> tuple[VoiceConfig, dict[str, np.ndarray]]:
    """Reads a voice file back into a model that computes the same; of an integer voice, the same up to the rounding of
    its activations.

    What was folded stays folded: the conditioning's mean is 0 and its scale 1, `embed.bias` and the skip biases of all
    layers but the first are 0. What int8's zero point added to biases is taken out of them.

    Returns:
      The config, and float32 tensors by `spec` name.

    Raises:
      FileNotFoundError, ValueError: as `read_voice` does.
    """
    voice = read_voice(path)
    model = voice.config.model
    stored = stored_tensors(model, voice.precision)
    matrices = {tensor.name: tensor.unpack(info.data) for tensor, info in zip(stored, voice.tensors)}
    if precision_named(voice.precision).integer:
        matrices = _dequantized(model, matrices, voice.precision)
    shapes = {tensor.name: tensor.shape for tensor in spec.tensor_specs(model)}
    tensors = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    tensors["conditioning.scale"] += 1
    tensors["layers.0.skip.bias"] += matrices.pop("skip.bias")[:, 0]
    weights = np.split(matrices.pop("cond"), model.layers)
    biases = matrices.pop("cond.bias").reshape(model.bias_rows, model.layers, -1)
    for i in range(model.layers):
        matrices |= {f"layers.{i}.cond.weight": weights[i], f"layers.{i}.cond.bias": biases[:, i]}
    for name, matrix in matrices.items():
        name = name if name in shapes else f"{name}.weight"
        tensors[name] = matrix.reshape(shapes[name])
    return voice.config, tensors


def _dequantized(model: WaveNetConfig, stored: dict[str, np.ndarray], precision: str) -> dict[str, np.ndarray]:
    """float32 matrices `[rows, cols]` by voice file name, without scales. A scale is row_scale * act_scale."""
    numbers = precision_named(precision).integer
    inverse = stored.pop("act.inverse_scale").astype(np.float64)[:, 0]
    matrices = dict(stored)
    for name, added in zero_contributions(model, stored, numbers).items():
        matrices[name] = (stored[name] + added.reshape(-1, 1)).astype(np.float32)
    inverse_act_scale = {"relu": inverse[-2], "out": inverse[-1], "cond": 1.0}
    inverse_act_scale |= {f"layers.{i}.gate": inverse[i] for i in range(model.layers)}
    for name in [name for name in stored if name.endswith(".scale")]:
        owner = name.removesuffix(".scale")
        row_scale = matrices.pop(name) * inverse_act_scale.get(owner, 1 / numbers.gate_scale)
        owned = [owner] if owner in stored else [owner.replace("gate", half) for half in ("prev", "cur")]
        matrices |= {matrix: (row_scale * stored[matrix]).astype(np.float32) for matrix in owned}
    return matrices

"""From a trained model to a voice file, and back: folding and packing.

Folded at export, in float64, so that a step need not do it:
  conditioning   c' = (c - mean) / scale  goes into  cond.weight / scale  and  cond.bias - cond.weight @ (mean / scale)
  embedding      embed.bias is added to every row of embed.cur
  skip biases    summed over layers
"""

import os
from typing import Any, Mapping

import numpy as np

from tf_wavenet import checkpoint, spec
from tf_wavenet.config import VoiceConfig, WaveNetConfig
from tf_wavenet.export.table import stored_tensors
from tf_wavenet.export.voice_file import read_voice
from tf_wavenet.export.voice_writer import write_voice


def export_voice(
    config: VoiceConfig,
    tensors: Mapping[str, np.ndarray],
    path: str | os.PathLike,
    *,
    name: str,
    description: str = "",
    training: Mapping[str, Any] | None = None,
) -> None:
    """Writes the voice file of a model. The same arguments give the same bytes.

    Args:
      config: audio features and sizes.
      tensors: float32 tensors by `spec` name, those of `spec.tensor_specs(config.model)`.
      path: file to write; it appears whole or not at all.
      name: what the voice is called; not empty.
      description: a sentence or more about it.
      training: provenance, anything that JSON can hold.

    Raises:
      FileNotFoundError: if the folder of `path` is missing.
      ValueError: if a tensor is missing, misshapen, not finite, or overflows float32 when folded.
    """
    spec.check_tensors(config.model, tensors)
    folded = fold(config.model, tensors)
    packed = {tensor.name: tensor.pack(folded[tensor.name]) for tensor in stored_tensors(config.model)}
    write_voice(path, config, packed, name=name, description=description, training=training)


def export_checkpoint(
    checkpoint_path: str | os.PathLike, voice_path: str | os.PathLike, *, name: str, description: str = ""
) -> None:
    """Writes the voice file of a training checkpoint, whose provenance goes along.

    Args:
      checkpoint_path: what training wrote.
      voice_path, name, description: as `export_voice` takes them.

    Raises:
      FileNotFoundError: if the checkpoint, or the folder of `voice_path`, is missing.
      ValueError: if it is not a checkpoint, or cannot be exported.
    """
    config, tensors, training = checkpoint.load_model(checkpoint_path)
    export_voice(config, tensors, voice_path, name=name, description=description, training=training)


def read_tensors(path: str | os.PathLike) -> tuple[VoiceConfig, dict[str, np.ndarray]]:
    """Reads a voice file back into a model that computes the same.

    What was folded stays folded: the conditioning's mean is 0 and its scale 1, `embed.bias` and the skip biases of all
    layers but the first are 0.

    Returns:
      The config, and float32 tensors by `spec` name.

    Raises:
      FileNotFoundError, ValueError: as `read_voice` does.
    """
    voice = read_voice(path)
    model = voice.config.model
    matrices = {t.name: t.unpack(info.data) for t, info in zip(stored_tensors(model), voice.tensors)}
    shapes = {tensor.name: tensor.shape for tensor in spec.tensor_specs(model)}
    tensors = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    tensors["conditioning.scale"] += 1
    tensors["layers.0.skip.bias"] += matrices.pop("skip.bias")[:, 0]
    for suffix in ("weight", "bias"):
        layers = np.split(matrices.pop("cond" if suffix == "weight" else "cond.bias"), model.layers)
        matrices |= {f"layers.{i}.cond.{suffix}": layer for i, layer in enumerate(layers)}
    for name, matrix in matrices.items():
        name = name if name in shapes else f"{name}.weight"
        tensors[name] = matrix.reshape(shapes[name])
    return voice.config, tensors


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
    biases = np.stack([exact[f"layers.{i}.cond.bias"] for i in layers])  # [layers, 2 r]
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

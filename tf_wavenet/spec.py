"""The tensors of a WaveNet, by name and shape: the one list that training, references and exporter share.

Matrices are `[rows, cols]` = `[outputs, inputs]`. The gate's first `residual_channels` rows feed tanh, the
rest sigmoid.
"""

import dataclasses
import math
from typing import Mapping

import numpy as np

from tf_wavenet.config import WaveNetConfig


@dataclasses.dataclass(frozen=True)
class TensorSpec:
    """Name, shape and initializer of one tensor. `fan_in` 0 marks a bias (zeros)."""

    name: str
    shape: tuple[int, ...]
    fan_in: int = 0
    trainable: bool = True


def tensor_specs(config: WaveNetConfig) -> list[TensorSpec]:
    """Returns every tensor of the model that `config` describes, in the order of computation."""
    r, s, a = config.residual_channels, config.skip_channels, config.output_channels
    channels, window = config.conditioning_channels, 2 * config.conditioning_context + 1
    specs = [
        TensorSpec("conditioning.mean", (channels,), trainable=False),
        TensorSpec("conditioning.scale", (channels,), trainable=False),
        TensorSpec("embed.prev", (a, r), fan_in=4),
        TensorSpec("embed.cur", (a, r), fan_in=4),
        TensorSpec("embed.bias", (r,)),
    ]
    for i in range(config.layers):
        specs += [
            TensorSpec(f"layers.{i}.prev.weight", (2 * r, r), fan_in=2 * r),
            TensorSpec(f"layers.{i}.cur.weight", (2 * r, r), fan_in=2 * r),
            TensorSpec(f"layers.{i}.cond.weight", (2 * r, window, channels), fan_in=window * channels),
            TensorSpec(f"layers.{i}.cond.bias", (config.bias_rows, 2 * r)),
        ]
        if i < config.layers - 1:  # Nothing reads the residual stream after the last layer.
            specs += [
                TensorSpec(f"layers.{i}.res.weight", (r, r), fan_in=r),
                TensorSpec(f"layers.{i}.res.bias", (r,)),
            ]
        specs += [
            TensorSpec(f"layers.{i}.skip.weight", (s, r), fan_in=r * config.layers),
            TensorSpec(f"layers.{i}.skip.bias", (s,)),
        ]
    specs += [
        TensorSpec("relu.weight", (a, s), fan_in=s),
        TensorSpec("relu.bias", (a,)),
        TensorSpec("out.weight", (a, a), fan_in=a),
        TensorSpec("out.bias", (a,)),
    ]
    return specs


def random_tensors(config: WaveNetConfig, seed: int) -> dict[str, np.ndarray]:
    """Returns freshly initialised tensors: `normal(0, 1/sqrt(fan_in))`, biases zero, conditioning scale one."""
    rng = np.random.default_rng(seed)
    tensors = {}
    for spec in tensor_specs(config):
        if spec.name == "conditioning.scale":
            tensors[spec.name] = np.ones(spec.shape, np.float32)
        elif spec.fan_in:
            tensors[spec.name] = rng.normal(0.0, 1.0 / math.sqrt(spec.fan_in), spec.shape).astype(np.float32)
        else:
            tensors[spec.name] = np.zeros(spec.shape, np.float32)
    return tensors


def check_tensors(config: WaveNetConfig, tensors: Mapping[str, np.ndarray]) -> None:
    """Raises `ValueError` unless `tensors` are float32, finite, and just those that `config` asks for."""
    specs = {spec.name: spec for spec in tensor_specs(config)}
    missing = [name for name in specs if name not in tensors]
    extra = [name for name in tensors if name not in specs]
    if missing or extra:
        raise ValueError(
            f"tensors do not fit the config: {len(missing)} missing (first {missing[:3]}), "
            f"{len(extra)} unexpected (first {extra[:3]})"
        )
    for name, spec in specs.items():
        tensor = np.asarray(tensors[name])
        if tensor.shape != spec.shape:
            raise ValueError(f"{name} has shape {list(tensor.shape)}, the config wants {list(spec.shape)}")
        if tensor.dtype != np.float32:
            raise ValueError(f"{name} is {tensor.dtype}, must be float32")
        if not np.all(np.isfinite(tensor)):
            raise ValueError(f"{name} holds {np.count_nonzero(~np.isfinite(tensor))} values that are not finite")
    if np.any(tensors["conditioning.scale"] <= 0):
        raise ValueError("conditioning.scale must be positive in every channel")

"""From the folded float32 tensors of a model to the integers, scales and biases of a voice file."""

import dataclasses
from collections.abc import Mapping

import numpy as np

from tf_wavenet.config import WaveNetConfig
from tf_wavenet.export import report
from tf_wavenet.export.calibration import Calibration
from tf_wavenet.export.precision import CONDITIONING_DTYPE, precision_named
from tf_wavenet.export.rounding import DAMPING
from tf_wavenet.export.weights import quantize_conditioning, quantize_weights
from tf_wavenet.export.zero_point import zero_contributions

METHOD = f"row scales, compensated rounding (GPTQ, damping {DAMPING:g}), activations clipped at least squared error"


@dataclasses.dataclass(frozen=True, eq=False)
class QuantizedModel:
    """What a voice file of an integer precision holds, and how well it fits."""

    tensors: Mapping[str, np.ndarray]  # By voice file name, each reshapes to its `StoredTensor`.
    report: tuple[report.TensorReport, ...]  # Activations, then matrices, in the order of computation.


def quantize(
    config: WaveNetConfig, tensors: Mapping[str, np.ndarray], calibration: Calibration, precision: str
) -> QuantizedModel:
    """Quantizes a model.

    Args:
      config: sizes.
      tensors: float32 by voice file name, as `fold` returns them; left as they are.
      calibration: of these tensors.
      precision: "int16" or "int8".

    Raises:
      ValueError: for another precision, or if a scale or a bias leaves float32.
    """
    numbers = precision_named(precision).integer
    if numbers is None:
        raise ValueError(f"precision is {precision!r}, must be an integer precision to quantize to")
    dtype = precision_named(precision).dtype
    layers = [f"layers.{i}" for i in range(config.layers)]
    scales = {
        name: magnitudes.scale(numbers.signed_max if name.startswith("x_") else numbers.relu_max)
        for name, magnitudes in calibration.magnitudes.items()
    }
    quantized = dict(tensors)
    quantized["act.inverse_scale"] = np.array([scale.inverse_scale for scale in scales.values()], np.float32)
    channels = {"z_s": config.skip_channels, "z_a": config.output_channels}
    rows = [report.of_activation(x, channels.get(x, config.residual_channels), scale) for x, scale in scales.items()]

    def put(name: str, matrix: np.ndarray, inputs: str, act_scale: float, parts: int = 1) -> np.ndarray:
        moments = calibration.moments[inputs]
        integers = quantize_weights(matrix, moments, numbers, parts)
        rows.append(report.of_weights(name, matrix, integers, moments, numbers))
        quantized[f"{name}.scale"] = _to_float32(f"{name}.scale", integers.row_scale * act_scale)
        return integers.values.astype(dtype)

    cond = quantize_conditioning(tensors["cond"])
    rows.append(report.of_conditioning(tensors["cond"], cond, calibration.moments["cond"]))
    quantized |= {"cond": cond.values.astype(CONDITIONING_DTYPE), "cond.scale": cond.row_scale.astype(np.float32)}
    for i, layer in enumerate(layers):
        gate = np.concatenate([tensors[f"{layer}.prev"], tensors[f"{layer}.cur"]], axis=1)
        gate = put(f"{layer}.gate", gate, f"{layer}.gate", scales[f"x_{i}"].act_scale, parts=2)
        quantized[f"{layer}.prev"], quantized[f"{layer}.cur"] = np.split(gate, 2, axis=1)
        for name in [f"{layer}.res", f"{layer}.skip"] if i < config.layers - 1 else [f"{layer}.skip"]:
            quantized[name] = put(name, tensors[name], f"{layer}.h", numbers.gate_scale)
    for name, z in (("relu", "z_s"), ("out", "z_a")):
        quantized[name] = put(name, tensors[name], name, scales[z].act_scale)
    for name, added in zero_contributions(config, quantized, numbers).items():
        quantized[name] = _to_float32(name, tensors[name].reshape(added.shape) - added)
    return QuantizedModel(quantized, tuple(rows))


def _to_float32(name: str, tensor: np.ndarray) -> np.ndarray:
    largest = np.abs(tensor).max()
    if not largest <= np.finfo(np.float32).max:
        raise ValueError(f"{name} reaches {largest:g} when quantized, float32 ends before: are weights far too large?")
    return tensor.astype(np.float32)

"""What quantization must know of a model at work: how large activations are, and how inputs of a matrix go together."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from tf_wavenet.config import VoiceConfig
from tf_wavenet.export.magnitudes import Magnitudes
from tf_wavenet.export.teacher_forcing import matrix_inputs
from tf_wavenet.training.data import Recording


@dataclasses.dataclass(frozen=True, eq=False)
class Calibration:
    """Statistics of a teacher-forced run over recordings."""

    magnitudes: Mapping[str, Magnitudes]  # Of x_0 .. x_{l-1}, z_s, z_a, by that name.
    moments: Mapping[str, np.ndarray]  # H = X^T X of X [samples, cols], float64, by `matrix_inputs`' names.
    recordings: int
    seconds: float


def calibrate(config: VoiceConfig, tensors: Mapping[str, np.ndarray], recordings: Sequence[Recording]) -> Calibration:
    """Runs the float32 model over recordings and collects statistics.

    Args:
      config: audio features and sizes.
      tensors: float32 by voice file name, as `fold` returns them.
      recordings: at least one.

    Raises:
      ValueError: if there are no recordings, or an activation is not finite.
    """
    if not recordings:
        raise ValueError("recordings is empty, must hold at least one to calibrate on")
    r = config.model.residual_channels
    activations = {f"layers.{i}.gate": f"x_{i}" for i in range(config.model.layers)} | {"relu": "z_s", "out": "z_a"}
    magnitudes = {name: Magnitudes(name) for name in activations.values()}
    moments = {}
    for recording in recordings:
        for name, inputs in matrix_inputs(config, tensors, recording):
            if name in activations:
                newest = inputs[:, r:] if name.endswith("gate") else inputs  # x(t - d) was x(t) before.
                magnitudes[activations[name]].add(newest)
            moments[name] = moments.get(name, 0.0) + (inputs.T @ inputs).astype(np.float64)
    samples = sum(recording.levels.size for recording in recordings)
    return Calibration(magnitudes, moments, len(recordings), samples / config.audio.sample_rate_hz)

"""Checkpoints: one safetensors file with weights by spec name, optimizer state, config and progress.

Reading one needs neither Keras nor TensorFlow.
"""

import json
import os
import pathlib
from typing import Any, Mapping

import numpy as np
import safetensors
import safetensors.numpy

from tf_wavenet import spec
from tf_wavenet.config import VoiceConfig

MODEL = "model/"  # The weights that speak.
RAW, OPTIMIZER = "raw/", "optimizer/"  # To resume from: the weights that are trained, whose moving average speaks.


def save(path: str | os.PathLike, tensors: Mapping[str, np.ndarray], metadata: Mapping[str, Any]) -> None:
    """Writes `tensors` and `metadata` (values become JSON) so that a kill leaves the old file or the new."""
    path = pathlib.Path(path)
    partial = path.with_name(path.name + ".partial")
    encoded = {key: json.dumps(value, sort_keys=True) for key, value in metadata.items()}
    partial.write_bytes(safetensors.numpy.save({k: np.asarray(v, order="C") for k, v in tensors.items()}, encoded))
    os.replace(partial, path)


def load(path: str | os.PathLike) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Reads what `save` wrote.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if it is not a checkpoint of this project.
    """
    if not pathlib.Path(path).is_file():
        raise FileNotFoundError(f"{path}: no such checkpoint")
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}
            metadata = {key: json.loads(value) for key, value in (file.metadata() or {}).items()}
    except (safetensors.SafetensorError, ValueError, TypeError, OSError) as error:  # TypeError: NumPy lacks the dtype.
        raise ValueError(f"{path}: not a readable checkpoint ({error})") from error
    missing = {"config", "step", "training"} - set(metadata)
    if missing:
        raise ValueError(f"{path}: not a tf_wavenet checkpoint, its metadata lacks {', '.join(sorted(missing))}")
    for key, kind in (("config", dict), ("step", int), ("training", dict)):
        if not isinstance(metadata[key], kind):
            raise ValueError(
                f"{path}: metadata {key} is {metadata[key]!r}, must be a JSON value of type {kind.__name__}"
            )
    return tensors, metadata


def load_model(path: str | os.PathLike) -> tuple[VoiceConfig, dict[str, np.ndarray], dict[str, Any]]:
    """Reads config, weights and provenance of a trained model.

    Returns:
      The voice's config, float32 tensors by spec name, and the provenance (a JSON-like dict).

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if it is not a checkpoint, or its tensors do not fit its config.
    """
    tensors, metadata = load(path)
    try:
        config = VoiceConfig.from_dict(metadata["config"])
        weights = {name[len(MODEL) :]: value for name, value in tensors.items() if name.startswith(MODEL)}
        spec.check_tensors(config.model, weights)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return config, weights, {"step": metadata["step"], **metadata["training"]}

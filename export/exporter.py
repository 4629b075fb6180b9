"""From a trained model to a voice file: folding, quantizing, packing, writing.

An integer precision needs recordings: how far activations reach, and which errors of weights cancel, is not in the
weights. The same arguments give the same bytes; of integers, with the same NumPy on the same kind of CPU: the last bits
of float32 sums over the recordings may decide what is rounded up and what down.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tf_wavenet import checkpoint, spec
from tf_wavenet.config import VoiceConfig
from tf_wavenet.export.calibration import calibrate
from tf_wavenet.export.folding import fold
from tf_wavenet.export.model_reader import read_tensors
from tf_wavenet.export.precision import precision_named
from tf_wavenet.export.quantizer import METHOD, quantize
from tf_wavenet.export.recordings import DEFAULT_SECONDS, read_recordings
from tf_wavenet.export.report import TensorReport
from tf_wavenet.export.table import stored_tensors
from tf_wavenet.export.voice_file import read_voice
from tf_wavenet.export.voice_writer import write_voice
from tf_wavenet.training.data import Recording


def export_voice(
    config: VoiceConfig,
    tensors: Mapping[str, np.ndarray],
    path: str | os.PathLike,
    *,
    name: str,
    description: str = "",
    training: Mapping[str, Any] | None = None,
    precision: str = "f32",
    recordings: Sequence[Recording] = (),
    temperature: float = 1.0,
) -> tuple[TensorReport, ...]:
    """Writes the voice file of a model.

    Args:
      config: audio features and sizes.
      tensors: float32 tensors by `spec` name, those of `spec.tensor_specs(config.model)`.
      path: file to write; it appears whole or not at all.
      name: what the voice is called; not empty.
      description: a sentence or more about it.
      training: provenance, anything that JSON can hold; of an integer precision "quantization" is added.
      precision: "f32", "int16" or "int8".
      recordings: what to calibrate an integer precision on, at least one (`read_recordings` reads them); none for f32.
      temperature: at which it speaks where the caller names none.

    Returns:
      What quantization did to each tensor; nothing for f32.

    Raises:
      FileNotFoundError: if the folder of `path` is missing.
      ValueError: if a tensor is missing, misshapen, not finite, or leaves float32 when folded or quantized; if there
        are recordings for f32, or none for integers.
    """
    _check_calibration(precision, recordings, "recordings")
    spec.check_tensors(config.model, tensors)
    stored, report = fold(config.model, tensors), ()
    if precision != "f32":
        calibration = calibrate(config, stored, recordings)
        quantized = quantize(config.model, stored, calibration, precision)
        stored, report = quantized.tensors, quantized.report
        provenance = {
            "precision": precision,
            "recordings": calibration.recordings,
            "seconds": round(calibration.seconds, 3),
            "method": METHOD,
        }
        training = {**(training or {}), "quantization": provenance}
    packed = {tensor.name: tensor.pack(stored[tensor.name]) for tensor in stored_tensors(config.model, precision)}
    details = dict(name=name, description=description, training=training, temperature=temperature)
    write_voice(path, config, packed, precision=precision, **details)
    return report


def export_checkpoint(
    checkpoint_path: str | os.PathLike,
    voice_path: str | os.PathLike,
    *,
    name: str,
    description: str = "",
    precision: str = "f32",
    calibration: str | os.PathLike = "",
    calibration_seconds: float = DEFAULT_SECONDS,
    temperature: float = 1.0,
) -> tuple[TensorReport, ...]:
    """Writes the voice file of a training checkpoint, whose provenance goes along.

    Args:
      checkpoint_path: what training wrote.
      voice_path, name, description, precision, temperature: as `export_voice` takes them.
      calibration, calibration_seconds: recordings for an integer precision, as `read_recordings` takes them.

    Returns:
      What `export_voice` returns.

    Raises:
      FileNotFoundError: if the checkpoint, a recording, or the folder of `voice_path` is missing.
      ValueError: if it is not a checkpoint, or cannot be exported; if there are recordings for f32, or none for
        integers.
    """
    _check_calibration(precision, calibration, "calibration")
    config, tensors, training = checkpoint.load_model(checkpoint_path)
    recordings = read_recordings(calibration, config, calibration_seconds) if calibration else ()
    details = dict(name=name, description=description, training=training, temperature=temperature)
    return export_voice(config, tensors, voice_path, **details, precision=precision, recordings=recordings)


def convert_voice(
    source_path: str | os.PathLike,
    voice_path: str | os.PathLike,
    *,
    name: str = "",
    description: str = "",
    precision: str = "f32",
    calibration: str | os.PathLike = "",
    calibration_seconds: float = DEFAULT_SECONDS,
    temperature: float | None = None,
) -> tuple[TensorReport, ...]:
    """Writes a float32 voice file once more, in another precision. The result is that of the checkpoint it came from.

    Args:
      source_path: a voice file of float32 weights; its provenance goes along.
      name, description, temperature: empty or None = those of the source.
      voice_path, precision, calibration, calibration_seconds: as `export_checkpoint` takes them.

    Returns:
      What `export_voice` returns.

    Raises:
      FileNotFoundError: if the source, a recording, or the folder of `voice_path` is missing.
      ValueError: if the source is no voice file, or one of integers; else as `export_checkpoint` does.
    """
    _check_calibration(precision, calibration, "calibration")
    source = read_voice(source_path)
    if source.precision != "f32":
        raise ValueError(f"{source_path}: precision is {source.precision}, must be f32: rounding cannot be undone")
    config, tensors = read_tensors(source_path)
    recordings = read_recordings(calibration, config, calibration_seconds) if calibration else ()
    details = dict(
        name=name or source.name,
        description=description or source.description,
        training=source.training,
        temperature=source.temperature if temperature is None else temperature,
    )
    return export_voice(config, tensors, voice_path, **details, precision=precision, recordings=recordings)


def _check_calibration(precision: str, given: Any, argument: str) -> None:
    integer = precision_named(precision).integer is not None
    if integer and not given:
        raise ValueError(f"{argument} is missing: precision {precision} is calibrated on recordings of speech")
    if given and not integer:
        raise ValueError(f"{argument} is given, but precision f32 needs no recordings: leave one of the two away")

"""Writing a voice file: GGUF v3 with kernel-ready weights (cc/engine/model/voice.h has the format)."""

import json
import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import gguf
import numpy as np

from tf_wavenet.config import VoiceConfig
from tf_wavenet.export import keys
from tf_wavenet.export.checksum import BLOCK_BYTES, checksum
from tf_wavenet.export.layout import pad_rows
from tf_wavenet.export.precision import MAX_NUMBER, MAX_SCALE, precision_named
from tf_wavenet.export.weights import pair_sums
from tf_wavenet.export.table import StoredTensor, stored_tensors

_MAX_STATE_BYTES = 1 << 30  # Of one utterance; the engine opens no voice that needs more.


def write_voice(
    path: str | os.PathLike,
    config: VoiceConfig,
    tensors: Mapping[str, np.ndarray],
    *,
    name: str,
    description: str = "",
    training: Mapping[str, Any] | None = None,
    precision: str = "f32",
    temperature: float = 1.0,
) -> None:
    """Writes a voice file: whole or not at all, the same bytes for the same arguments.

    Args:
      path: file to write; an old one is replaced.
      config: audio features and sizes. Frequencies and the log floor are stored as float32.
      tensors: packed tensors by name, those of `stored_tensors(config.model, precision)`.
      name: what the voice is called; not empty.
      description: a sentence or more about it.
      training: provenance, anything that JSON can hold.
      precision: "f32", "int16" or "int8".
      temperature: at which it speaks where the caller names none.

    Raises:
      FileNotFoundError: if the folder of `path` is missing.
      ValueError: if an argument is wrong, or the voice too large to be spoken.
    """
    path = pathlib.Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path.parent}: no such folder, to write {path.name} into")
    if not isinstance(name, str) or not name:
        raise ValueError(f"name is {name!r}, must be a text that is not empty")
    if not isinstance(description, str):
        raise ValueError(f"description is {description!r}, must be a text")
    if not keys.MIN_TEMPERATURE <= temperature <= keys.MAX_TEMPERATURE:
        raise ValueError(
            f"temperature is {temperature!r}, must be in [{keys.MIN_TEMPERATURE:g}, {keys.MAX_TEMPERATURE:g}]"
        )
    expected = stored_tensors(config.model, precision)
    text = _to_json(training)
    values = keys.encode(
        config, name=name, description=description, training=text, precision=precision, temperature=temperature
    )
    _require_small_state(config)
    _check_packed(expected, tensors)
    if precision_named(precision).integer:
        _require_safe_numbers(expected, tensors)
        _require_small_sums(expected, tensors, precision)

    partial = path.with_name(path.name + ".partial")
    try:
        _write_gguf(partial, values, {tensor.name: tensors[tensor.name] for tensor in expected})
        with open(partial, "r+b") as file:
            content = np.fromfile(file, np.uint8)
            file.seek(-BLOCK_BYTES, os.SEEK_END)
            file.write(checksum(content[:-BLOCK_BYTES]).to_bytes(8, "little"))
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _write_gguf(path: pathlib.Path, values: Mapping[str, Any], tensors: Mapping[str, np.ndarray]) -> None:
    writer = gguf.GGUFWriter(path, keys.ARCHITECTURE)  # It writes general.architecture by itself.
    try:
        writer.add_custom_alignment(keys.ALIGNMENT)  # Writes general.alignment.
        for key, value in values.items():
            if key not in ("general.architecture", "general.alignment"):
                writer.add_key_value(key, value, keys.value_type(key))
        for name, tensor in tensors.items():
            writer.add_tensor(name, np.ascontiguousarray(tensor))
        writer.add_tensor("checksum", np.zeros(1, np.int64))  # Filled in when all else is written.
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def _to_json(training: Mapping[str, Any] | None) -> str:
    if training is None:
        return ""
    try:
        return json.dumps(dict(training), sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"training cannot be stored as JSON: {error}") from error


def _require_small_state(config: VoiceConfig) -> None:
    model = config.model
    floats = sum(model.dilations) * pad_rows(model.residual_channels)
    floats += model.conditioning_context * model.conditioning_channels
    if 4 * floats > _MAX_STATE_BYTES:
        raise ValueError(
            f"WaveNetConfig.layers, dilation_cycle and residual_channels ask for {4 * floats} bytes of state for each "
            f"utterance, at most {_MAX_STATE_BYTES} are allowed"
        )


def _require_safe_numbers(stored: Sequence[StoredTensor], tensors: Mapping[str, np.ndarray]) -> None:
    for tensor in stored:
        if tensor.dtype != np.float32:
            continue
        array, is_scale = tensors[tensor.name], tensor.name.endswith("scale")
        limit = np.inf if tensor.name == "act.inverse_scale" else MAX_SCALE if is_scale else MAX_NUMBER
        if (is_scale and array.min() < 0) or np.abs(array).max() > limit:
            low = 0 if is_scale else -limit
            raise ValueError(
                f"{tensor.name} spans [{array.min():g}, {array.max():g}], must lie in [{low:g}, {limit:g}]"
            )


def _require_small_sums(stored: Sequence[StoredTensor], tensors: Mapping[str, np.ndarray], precision: str) -> None:
    numbers = precision_named(precision).integer
    sums = {}
    for tensor in stored:
        # Conditioning, which no step streams, meets no integers.
        if tensor.streamed and tensor.dtype == precision_named(precision).dtype:
            owner = tensor.name.replace(".prev", ".gate").replace(".cur", ".gate")  # They add into one sum.
            magnitudes = np.abs(tensor.unpack(tensors[tensor.name]).astype(np.int64))
            sums[owner] = sums.get(owner, 0) + magnitudes.sum(axis=1)
            pair = pair_sums(magnitudes).max()
            if numbers.pair_max is not None and pair > numbers.pair_max:
                raise ValueError(
                    f"{tensor.name} has two weights side by side with |w_q| + |w_q'| = {pair}, at most "
                    f"{numbers.pair_max} are sure to stay within int16"
                )
    for name, row_sums in sums.items():
        if row_sums.max() > numbers.max_row_sum:
            raise ValueError(
                f"{name} has a row with sum|w_q| = {row_sums.max()}, at most {numbers.max_row_sum} are sure to stay "
                "within int32"
            )


def _check_packed(stored: Sequence[StoredTensor], tensors: Mapping[str, np.ndarray]) -> None:
    expected = {tensor.name: tensor for tensor in stored}
    if set(tensors) != set(expected):
        difference = sorted(set(tensors) ^ set(expected))
        raise ValueError(f"tensors do not fit the config: {len(difference)} missing or unexpected ({difference[:3]})")
    for name, tensor in expected.items():
        array = np.asarray(tensors[name])
        if array.dtype != tensor.dtype or array.shape != (tensor.size,):
            raise ValueError(f"{name} is {array.dtype} {list(array.shape)}, must be {tensor.dtype} [{tensor.size}]")
        if not np.all(np.isfinite(array)):
            raise ValueError(f"{name} holds {np.count_nonzero(~np.isfinite(array))} values that are not finite")

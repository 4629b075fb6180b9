"""Reading a voice file back: its config, where it comes from, its tensors (cc/engine/model/voice.h has the format).

The engine has its own, stricter reader; this one is for tools and tests, and trusts a file whose checksum fits.
"""

import dataclasses
import itertools
import json
import os
import pathlib
from typing import Any

import gguf
import numpy as np

from tf_wavenet.config import VoiceConfig
from tf_wavenet.export import keys
from tf_wavenet.export.checksum import BLOCK_BYTES, checksum
from tf_wavenet.export.precision import PRECISIONS
from tf_wavenet.export.table import stored_tensors
from tf_wavenet.voice import shortest

_HEADER_FIELDS = ("GGUF.version", "GGUF.tensor_count", "GGUF.kv_count")  # GGUFReader lists them among the keys.
_TYPES = {precision.dtype: precision for precision in PRECISIONS.values()}


@dataclasses.dataclass(frozen=True, eq=False)
class TensorInfo:
    """One tensor of a voice file. `data` is packed, `[size]` of `type` (f32, i16, i8; the checksum: i64 `[1]`), read
    from disk when it is touched; `shape` is the matrix that it packs, padding included."""

    name: str
    shape: tuple[int, ...]
    type: str
    bytes: int
    data: np.ndarray


@dataclasses.dataclass(frozen=True, eq=False)
class VoiceFile:
    """What a voice file says of itself."""

    config: VoiceConfig
    name: str
    description: str
    training: dict[str, Any] | None  # Where its weights come from.
    precision: str  # "f32", "int16" or "int8".
    temperature: float  # At which it speaks where the caller names none.
    checksum: int
    weight_bytes_per_sample: int  # Read by each step.
    tensors: tuple[TensorInfo, ...]  # In file order.

    @property
    def multiply_adds_per_sample(self) -> int:
        """Multiply-adds of one step, conditioning aside."""
        return self.config.model.weights_per_sample

    @property
    def receptive_field_samples(self) -> int:
        """Newest samples that a prediction can see."""
        return self.config.model.receptive_field_samples

    @property
    def receptive_field_ms(self) -> float:
        """The same, in milliseconds."""
        return 1e3 * self.receptive_field_samples / self.config.audio.sample_rate_hz


def read_voice(path: str | os.PathLike) -> VoiceFile:
    """Reads a voice file's keys and lists its tensors.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: if it is not a voice file of this version, or damaged.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such voice file")
    try:
        return _read(path)
    except (ValueError, KeyError, IndexError) as error:
        raise ValueError(f"{path}: {error}") from error


def read_config(path: str | os.PathLike) -> VoiceConfig:
    """Returns the config of a voice file; raises as `read_voice` does."""
    return read_voice(path).config


def _read(path: pathlib.Path) -> VoiceFile:
    stored_checksum = _verify_checksum(path)
    reader = gguf.GGUFReader(path)
    fields = {key: field for key, field in reader.fields.items() if key not in _HEADER_FIELDS}
    values = {key: (field.contents(), field.types[0]) for key, field in fields.items()}
    config = keys.decode(values)
    precision = values["wavenet.precision"][0]
    expected = stored_tensors(config.model, precision)
    names, wanted = [tensor.name for tensor in reader.tensors], [*(tensor.name for tensor in expected), "checksum"]
    for i, (found, name) in enumerate(itertools.zip_longest(names, wanted)):
        if found != name:
            raise ValueError(f"tensor {i + 1} is {found!r}, wanted {name!r}")
    infos = []
    for tensor, found in zip(expected, reader.tensors):
        kind = _TYPES[tensor.dtype]
        if found.tensor_type != kind.ggml_type or found.data.shape != (tensor.size,):
            raise ValueError(
                f"{found.name} is {found.tensor_type.name} {list(found.data.shape)}, must be "
                f"{kind.ggml_type.name} [{tensor.size}]"
            )
        infos.append(TensorInfo(found.name, tensor.shape, kind.type, int(found.n_bytes), found.data))
    infos.append(TensorInfo("checksum", (1,), "i64", 8, reader.tensors[-1].data))
    training = json.loads(values.get("wavenet.training", ("null", None))[0])
    if not isinstance(training, (dict, type(None))):
        raise ValueError(f"wavenet.training is a JSON {type(training).__name__}, must be an object")
    return VoiceFile(
        config=config,
        name=values["general.name"][0],
        description=values.get("general.description", ("", None))[0],
        training=training,
        precision=precision,
        temperature=shortest(values["wavenet.temperature"][0]),
        checksum=stored_checksum,
        weight_bytes_per_sample=sum(tensor.bytes for tensor in expected if tensor.streamed),
        tensors=tuple(infos),
    )


def _verify_checksum(path: pathlib.Path) -> int:
    """Returns the checksum. First of all, because GGUFReader may not come back from a file that is damaged."""
    content = np.fromfile(path, np.uint8)
    if content[:4].tobytes() != b"GGUF":
        raise ValueError(f"not a GGUF file: its {content.size} bytes begin with {content[:4].tobytes()!r}")
    tail = content[-BLOCK_BYTES:]
    if content.size >= 2 * BLOCK_BYTES and content.size % BLOCK_BYTES == 0 and not tail[8:].any():
        stored = int.from_bytes(tail[:8].tobytes(), "little")
        if stored == checksum(content[:-BLOCK_BYTES]):
            return stored
    raise ValueError(
        f"truncated, damaged or not a voice file: the last {BLOCK_BYTES} of its {content.size} bytes "
        "are not the checksum of those before"
    )

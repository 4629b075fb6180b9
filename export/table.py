"""The tensors of a voice file in file order (cc/engine/model/voice.h has the table and says why)."""

import dataclasses
import math

import numpy as np

from tf_wavenet.config import WaveNetConfig
from tf_wavenet.export import layout
from tf_wavenet.export.precision import CONDITIONING_DTYPE, precision_named

_FLOAT32 = np.dtype(np.float32)


@dataclasses.dataclass(frozen=True)
class StoredTensor:
    """How one tensor is stored: `layout.pack` of a `[rows, cols]` matrix in `groups` groups of rows.

    A vector is a matrix of one column. An embedding is one too, with a group for each level: its rows stay whole.
    """

    name: str
    shape: tuple[int, ...]  # Padding included: [rows, cols], a vector's [rows], an embedding's [levels, rows].
    rows: int  # All groups together, without padding.
    cols: int
    groups: int
    streamed: bool  # Read in full by every step.
    dtype: np.dtype = _FLOAT32

    @property
    def size(self) -> int:
        """Number of values, padding included."""
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """What they take."""
        return self.size * self.dtype.itemsize

    def pack(self, matrix: np.ndarray) -> np.ndarray:
        """Returns `[size]` from an array of type `dtype` that reshapes to `[rows, cols]`.

        Raises:
          ValueError: if it has another type or size.
        """
        matrix = np.asarray(matrix)
        if matrix.dtype != self.dtype or matrix.size != self.rows * self.cols:
            raise ValueError(
                f"{self.name} is {matrix.dtype} {list(matrix.shape)}, must be {self.dtype} [{self.rows}, {self.cols}]"
            )
        return layout.pack(matrix.reshape(self.rows, self.cols), self.groups)

    def unpack(self, packed: np.ndarray) -> np.ndarray:
        """Returns `[rows, cols]` of type `dtype`, the inverse of `pack`."""
        return layout.unpack(packed, self.rows, self.cols, self.groups)


def _matrix(
    name: str, rows: int, cols: int, groups: int = 1, dtype: np.dtype = _FLOAT32, streamed: bool = True
) -> StoredTensor:
    shape = groups * layout.pad_rows(rows // groups), layout.pad_cols(cols, dtype)
    return StoredTensor(name, shape, rows, cols, groups, streamed, dtype)


def _vector(name: str, rows: int, groups: int = 1, streamed: bool = True) -> StoredTensor:
    return StoredTensor(name, (groups * layout.pad_rows(rows // groups),), rows, 1, groups, streamed)


def _embedding(name: str, levels: int, rows: int) -> StoredTensor:
    return StoredTensor(name, (levels, layout.pad_rows(rows)), levels * rows, 1, levels, False)


def stored_tensors(config: WaveNetConfig, precision: str = "f32") -> list[StoredTensor]:
    """Returns every tensor of a voice file of `config`, the checksum aside; raises `ValueError` for a precision that
    does not exist."""
    r, s, a, layers = config.residual_channels, config.skip_channels, config.output_channels, config.layers
    conditioning_cols = (2 * config.conditioning_context + 1) * config.conditioning_channels
    dtype = precision_named(precision).dtype
    integer = precision_named(precision).integer is not None

    def weights(name: str, rows: int, cols: int, groups: int = 1) -> StoredTensor:
        return _matrix(name, rows, cols, groups, dtype)

    def scales(name: str, rows: int, groups: int = 1) -> list[StoredTensor]:
        return [_vector(f"{name}.scale", rows, groups)] if integer else []

    tensors = [_vector("act.inverse_scale", layers + 2, streamed=False)] if integer else []
    tensors += [_embedding("embed.prev", a, r), _embedding("embed.cur", a, r), _vector("skip.bias", s)]
    for i in range(layers):
        res, skip = f"layers.{i}.res", f"layers.{i}.skip"
        tensors += scales(f"layers.{i}.gate", 2 * r, groups=2)
        if i < layers - 1:
            tensors += [*scales(res, r), _vector(f"{res}.bias", r)]
        tensors += scales(skip, s)
    tensors += [*scales("relu", a), _vector("relu.bias", a), *scales("out", a), _vector("out.bias", a)]
    tensors += [weights(f"layers.{i}.prev", 2 * r, r, groups=2) for i in range(layers)]
    for i in range(layers):
        tensors.append(weights(f"layers.{i}.cur", 2 * r, r, groups=2))
        if i < layers - 1:
            tensors.append(weights(f"layers.{i}.res", r, r))
        tensors.append(weights(f"layers.{i}.skip", s, r))
    cond_rows, cond_dtype = layers * 2 * r, CONDITIONING_DTYPE if integer else _FLOAT32
    tensors += [weights("relu", a, s), weights("out", a, a)]
    tensors += [_vector("cond.scale", cond_rows, groups=2 * layers, streamed=False)] if integer else []
    return tensors + [
        _matrix("cond", cond_rows, conditioning_cols, groups=2 * layers, dtype=cond_dtype, streamed=False),
        _vector("cond.bias", config.bias_rows * cond_rows, groups=config.bias_rows * 2 * layers, streamed=False),
    ]

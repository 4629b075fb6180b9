"""The tensors of a voice file in the order in which a step reads them (cc/engine/model/voice.h has the table)."""

import dataclasses
import math

import numpy as np

from tf_wavenet.config import WaveNetConfig
from tf_wavenet.export import layout


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

    @property
    def size(self) -> int:
        """Number of float32 values, padding included."""
        return math.prod(self.shape)

    def pack(self, matrix: np.ndarray) -> np.ndarray:
        """Returns float32 `[size]` from an array that reshapes to `[rows, cols]`."""
        return layout.pack(np.reshape(matrix, (self.rows, self.cols)), self.groups)

    def unpack(self, packed: np.ndarray) -> np.ndarray:
        """Returns `[rows, cols]`, the inverse of `pack`."""
        return layout.unpack(packed, self.rows, self.cols, self.groups)


def _matrix(name: str, rows: int, cols: int, groups: int = 1, streamed: bool = True) -> StoredTensor:
    padded_rows = groups * layout.pad_rows(rows // groups)
    return StoredTensor(name, (padded_rows, cols), rows, cols, groups, streamed)


def _vector(name: str, rows: int, groups: int = 1, streamed: bool = True) -> StoredTensor:
    return StoredTensor(name, (groups * layout.pad_rows(rows // groups),), rows, 1, groups, streamed)


def _embedding(name: str, levels: int, rows: int) -> StoredTensor:
    return StoredTensor(name, (levels, layout.pad_rows(rows)), levels * rows, 1, levels, False)


def stored_tensors(config: WaveNetConfig) -> list[StoredTensor]:
    """Returns every tensor of a voice file of `config`, the checksum aside."""
    r, s, a, layers = config.residual_channels, config.skip_channels, config.output_channels, config.layers
    conditioning_cols = (2 * config.conditioning_context + 1) * config.conditioning_channels
    tensors = [_embedding("embed.prev", a, r), _embedding("embed.cur", a, r), _vector("skip.bias", s)]
    for i in range(layers):
        tensors += [_matrix(f"layers.{i}.prev", 2 * r, r, groups=2), _matrix(f"layers.{i}.cur", 2 * r, r, groups=2)]
        if i < layers - 1:
            tensors += [_matrix(f"layers.{i}.res", r, r), _vector(f"layers.{i}.res.bias", r)]
        tensors.append(_matrix(f"layers.{i}.skip", s, r))
    return tensors + [
        _matrix("relu", a, s),
        _vector("relu.bias", a),
        _matrix("out", a, a),
        _vector("out.bias", a),
        _matrix("cond", layers * 2 * r, conditioning_cols, groups=2 * layers, streamed=False),
        _vector("cond.bias", layers * 2 * r, groups=2 * layers, streamed=False),
    ]

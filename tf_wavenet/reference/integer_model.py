"""An integer voice in memory: what `IntegerReference` computes with (cc/engine/model/voice.h has the meaning)."""

import dataclasses
import os
from typing import Mapping

import numpy as np

from tf_wavenet.config import VoiceConfig, WaveNetConfig

DTYPES = {"int16": np.int16, "int8": np.int8}
ZERO = {"int16": 0, "int8": 128}  # Of activations that have a sign; of others it is 0.
SIGNED_LIMIT = {"int16": 32767, "int8": 127}  # Of their distance from it.
RELU_LIMIT = {"int16": 32767, "int8": 255}
_LARGEST_ACTIVATION = {"int16": 32768, "int8": 255}  # What their type can hold.
_LARGEST_PAIR = {"int16": 1 << 17, "int8": 128}  # |w_q| + |w_q'| of columns 2 k and 2 k + 1; int16 has no such bound.
_MATRICES = ("prev", "cur", "res", "skip", "relu", "out")


@dataclasses.dataclass(frozen=True, eq=False)
class IntegerModel:
    """Unpacked tensors of an int16 or int8 voice.

    Attributes:
      config: the voice's config.
      precision: "int16" or "int8".
      tensors: by voice file name. Matrices `[rows, cols]` without padding are integers, those of `cond` int16 in any
        precision; vectors and embeddings are float32, in any shape of the right size.

    Raises:
      ValueError: if a tensor is missing, misshapen or of another type, or a row's sum could overflow int32, a
        pair's int16.
    """

    config: VoiceConfig
    precision: str
    tensors: Mapping[str, np.ndarray]

    def __post_init__(self):
        if self.precision not in DTYPES:
            raise ValueError(f"precision is {self.precision!r}, must be one of {', '.join(DTYPES)}")
        shapes = tensor_shapes(self.config.model)
        if set(self.tensors) != set(shapes):
            difference = sorted(set(self.tensors) ^ set(shapes))
            raise ValueError(f"tensors do not fit the config: missing or unexpected are {difference[:3]}")
        tensors = {}
        for name, shape in shapes.items():
            tensor, dtype = np.asarray(self.tensors[name]), self.dtype(name)
            if tensor.dtype != dtype or tensor.size != np.prod(shape):
                wanted = f"{np.dtype(dtype)} {list(shape)}"
                raise ValueError(f"{name} is {tensor.dtype} {list(tensor.shape)}, must be {wanted}")
            tensors[name] = tensor.reshape(shape)
        object.__setattr__(self, "tensors", tensors)
        for name in shapes:
            if self.dtype(name) != np.float32 and not name.endswith((".cur", "cond")):
                self._require_no_overflow(name)

    def dtype(self, name: str) -> type:
        """Type of a tensor."""
        if name == "cond":
            return np.int16
        is_integer = name.rpartition(".")[2] in _MATRICES and not name.startswith("embed.")
        return DTYPES[self.precision] if is_integer else np.float32

    def _require_no_overflow(self, name: str) -> None:
        """A gate's sum runs over `prev` and `cur` together."""
        names = [name, name.replace(".prev", ".cur")] if name.endswith(".prev") else [name]
        sums = sum(np.abs(self.tensors[n].astype(np.int64)).sum(axis=1) for n in names)
        largest = int(sums.max()) * _LARGEST_ACTIVATION[self.precision]
        if largest >= 1 << 31:
            raise ValueError(f"{' and '.join(names)}: a sum can reach {largest}, must stay below 2^31")
        for n in names:
            magnitudes = np.abs(self.tensors[n].astype(np.int64))
            pairs = magnitudes[:, ::2] + np.pad(magnitudes[:, 1::2], ((0, 0), (0, magnitudes.shape[1] % 2)))
            if pairs.max() > _LARGEST_PAIR[self.precision]:
                raise ValueError(
                    f"{n}: magnitudes of two columns side by side sum to {pairs.max()}, must be at most "
                    f"{_LARGEST_PAIR[self.precision]}"
                )


def tensor_shapes(model: WaveNetConfig) -> dict[str, tuple[int, ...]]:
    """Shapes by name, without padding, in file order."""
    r, s, a, layers = model.residual_channels, model.skip_channels, model.output_channels, model.layers
    shapes = {"act.inverse_scale": (layers + 2,), "embed.prev": (a, r), "embed.cur": (a, r), "skip.bias": (s,)}
    for i in range(layers):
        layer = {"prev": (2 * r, r), "cur": (2 * r, r), "gate.scale": (2 * r,)}
        if i < layers - 1:
            layer |= {"res": (r, r), "res.scale": (r,), "res.bias": (r,)}
        layer |= {"skip": (s, r), "skip.scale": (s,)}
        shapes |= {f"layers.{i}.{part}": shape for part, shape in layer.items()}
    window = (2 * model.conditioning_context + 1) * model.conditioning_channels
    return shapes | {
        "relu": (a, s),
        "relu.scale": (a,),
        "relu.bias": (a,),
        "out": (a, a),
        "out.scale": (a,),
        "out.bias": (a,),
        "cond": (layers * 2 * r, window),
        "cond.scale": (layers * 2 * r,),
        "cond.bias": (model.bias_rows * layers * 2 * r,),
    }


def load(voice) -> IntegerModel:
    """Returns the model of a voice file.

    Args:
      voice: path, or what `export.read_voice` returns.

    Raises:
      FileNotFoundError, ValueError: as `export.read_voice` does; ValueError also if the voice is float32.
    """
    from tf_wavenet import export

    file = export.read_voice(voice) if isinstance(voice, (str, os.PathLike)) else voice
    if file.precision not in DTYPES:
        raise ValueError(f"the voice is {file.precision}, must be one of {', '.join(DTYPES)}")
    data = {tensor.name: tensor.data for tensor in file.tensors}
    stored = export.stored_tensors(file.config.model, file.precision)
    return IntegerModel(file.config, file.precision, {t.name: t.unpack(data[t.name]) for t in stored})

"""Beginning a larger network with the weights of a smaller one, which says the same until it is trained.

What a channel or a layer that is new gives to the old ones has weight zero; all else that is new is as at the start of
any training, so that gradients differ from channel to channel. Net2Net (Chen, Goodfellow and Shlens, arXiv:1511.05641)
keeps the function by splitting channels in two; residual and skip sums allow this simpler way.
"""

from collections.abc import Mapping

import numpy as np

from tf_wavenet import spec
from tf_wavenet.config import WaveNetConfig

_SIZES = ("layers", "residual_channels", "skip_channels")

# What counts the entries along each axis of a tensor, by the end of its name; a matrix has its inputs last.
_AXES = {
    "embed.prev": ("level", "residual"),
    "embed.cur": ("level", "residual"),
    "embed.bias": ("residual",),
    "prev.weight": ("gate", "residual"),
    "cur.weight": ("gate", "residual"),
    "cond.weight": ("gate", "frame", "band"),
    "cond.bias": ("speaker", "gate"),
    "res.weight": ("residual", "residual"),
    "res.bias": ("residual",),
    "skip.weight": ("skip", "residual"),
    "skip.bias": ("skip",),
    "relu.weight": ("level", "skip"),
}
_READS_CHANNELS = ("prev.weight", "cur.weight", "relu.weight")
_GIVES_TO_SUMS = ("res.weight", "skip.weight")  # Of a new layer, too.


def grow(
    tensors: Mapping[str, np.ndarray], small: WaveNetConfig, large: WaveNetConfig, seed: int
) -> dict[str, np.ndarray]:
    """Returns tensors of `large` whose logits are those of `small` with `tensors`, up to rounding.

    Args:
      tensors: float32 by `spec` name, those of `spec.tensor_specs(small)`.
      small, large: sizes; layers, residual and skip channels of `large` may be more, all else must be the same.
      seed: of what is new (`spec.random_tensors`).

    Raises:
      ValueError: if `large` is smaller somewhere, or differs in more than these sizes.
    """
    before, after = small.to_dict(), large.to_dict()
    refused = [
        f"{name} from {before[name]!r} to {after[name]!r}"
        for name in after
        if before[name] != after[name] and not (name in _SIZES and before[name] < after[name])
    ]
    if refused:
        raise ValueError(f"a network grows in {', '.join(_SIZES)} alone, not in {', '.join(refused)}")
    grown = spec.random_tensors(large, seed)
    for name, tensor in grown.items():
        kind = next((end for end in _AXES if name.endswith(end)), None)
        if kind is None:  # It has no axis that grows.
            grown[name] = tensors[name].copy()
            continue
        old = [_old_entries(axis, small, large, size) for axis, size in zip(_AXES[kind], tensor.shape)]
        if kind in _GIVES_TO_SUMS or (kind in _READS_CHANNELS and name in tensors):
            tensor[old[0]] = 0.0
        if name in tensors:
            tensor[np.ix_(*old)] = tensors[name]
    return grown


def _old_entries(axis: str, small: WaveNetConfig, large: WaveNetConfig, size: int) -> np.ndarray:
    """Indices, along an axis of a tensor of `large`, of what is there in `small` as well."""
    r = np.arange(small.residual_channels)
    entries = {
        "residual": r,
        "gate": np.concatenate([r, r + large.residual_channels]),  # Rows of tanh, then of sigmoid.
        "skip": np.arange(small.skip_channels),
    }
    return entries.get(axis, np.arange(size))

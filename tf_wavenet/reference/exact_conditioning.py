"""The engine's conditioning in float32, to the bit (cc/engine/synth/conditioning.h).

    Lf(f) = b[speaker] + W [c[f - k], ..., c[f + k]]      per row one chain of fma over columns, begun at the bias
    L(t)  = fma(weight, Lf(f + 1) - Lf(f), Lf(f)),  t = f hop + j,  weight = j (1 / hop); 0 if frames are repeated

Frame indices are clamped to the utterance: edge frames repeat.
"""

from typing import Iterator

import numpy as np

from tf_wavenet.config import VoiceConfig
from tf_wavenet.reference.float32 import fma


def project(config: VoiceConfig, weight, bias, conditioning, counts, f: int) -> np.ndarray:
    """Returns Lf(f), float32 `[l, B, 2r]`.

    Args:
      config: the voice's config.
      weight: float32 `[l * 2r, (2k + 1) * C]`; columns: oldest frame first, channels within it.
      bias: float32 `[l * 2r]`, or `[B, l * 2r]` of each utterance's speaker.
      conditioning: float32 `[B, F, C]`.
      counts: int `[B]`, how many of the F frames belong to each utterance.
      f: frame.
    """
    model, batch = config.model, len(conditioning)
    offsets = np.arange(-model.conditioning_context, model.conditioning_context + 1)
    frames = np.clip(f + offsets, 0, np.maximum(counts, 1)[:, None] - 1)  # [B, 2k + 1]
    window = conditioning[np.arange(batch)[:, None], frames].reshape(batch, -1, 1)  # [B, (2k + 1) C, 1]
    acc = bias
    for column in range(window.shape[1]):
        acc = fma(weight[:, column], window[:, column], acc)
    return acc.reshape(batch, model.layers, -1).transpose(1, 0, 2)


def sample_conditioning(
    config: VoiceConfig, weight, bias, conditioning, counts, num_frames: int
) -> Iterator[np.ndarray]:
    """Yields L(t), float32 `[l, B, 2r]`, of every sample of the first `num_frames` frames; arguments as `project`'s."""
    if num_frames == 0:
        return
    hop, linear = config.audio.hop_samples, config.model.upsampling == "linear"
    inverse_hop = np.float32(1) / np.float32(hop)
    project_frame = lambda f: project(config, weight, bias, conditioning, counts, f)
    frame = project_frame(0)
    for f in range(num_frames):
        following = project_frame(f + 1) if linear or f + 1 < num_frames else frame
        slope = following - frame if linear else np.zeros_like(frame)
        for j in range(hop):
            yield fma(np.float32(j) * inverse_hop if linear else np.float32(0), slope, frame)
        frame = following

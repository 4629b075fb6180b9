"""What both references share: inputs checked and padded, a level drawn from logits, the result's type."""

import dataclasses

import numpy as np
import tensorflow as tf

from tf_wavenet.arguments import speaker_rows
from tf_wavenet.config import VoiceConfig


@dataclasses.dataclass(frozen=True)
class ReferenceResult:
    """Drawn levels, int32 `[B, N]`, and logits before temperature, float32 `[B, N, a]`."""

    samples: np.ndarray
    logits: np.ndarray


def draw(logits, uniforms, temperature):
    """y = first k with cumsum(softmax(logits / temperature))[k] > u; `[B, a]`, `[B]` -> int32 `[B]`."""
    cumulative = tf.cumsum(tf.nn.softmax(logits / temperature, axis=-1), axis=-1)
    below = tf.reduce_sum(tf.cast(cumulative <= uniforms[:, None], tf.int32), axis=-1)
    return tf.minimum(below, tf.shape(logits)[-1] - 1)


def prepare(config: VoiceConfig, conditioning, uniforms, forced, speaker=0):
    """Checks the arguments of a reference, repeats edge frames for context, and makes tensors of them.

    Args:
      config: the voice's config.
      conditioning: float `[B, F, C]`.
      uniforms: float `[B, N]` in [0, 1), N in 1 .. F * hop.
      forced: int `[B, N]` levels that enter the history in place of the drawn ones, or None.
      speaker: number or name, or a list of one for each utterance.

    Returns:
      conditioning `[B, k + F + lookahead, C]`, uniforms `[B, N]`, forced `[B, N]` (-1 where a draw is to be used) and
      speaker, int32 `[B]`.

    Raises:
      ValueError: for shapes that do not fit, or a speaker that the voice lacks.
    """
    model, hop = config.model, config.audio.hop_samples
    conditioning, uniforms = np.asarray(conditioning, np.float32), np.asarray(uniforms, np.float32)
    if conditioning.ndim != 3 or conditioning.shape[2] != model.conditioning_channels:
        wanted = f"[B, F, {model.conditioning_channels}]"
        raise ValueError(f"conditioning has shape {list(conditioning.shape)}, must be {wanted}")
    limit = conditioning.shape[1] * hop
    if uniforms.ndim != 2 or uniforms.shape[0] != conditioning.shape[0] or not 1 <= uniforms.shape[1] <= limit:
        raise ValueError(f"uniforms has shape {list(uniforms.shape)}, must be [{conditioning.shape[0]}, 1..{limit}]")
    forced = np.full(uniforms.shape, -1, np.int32) if forced is None else np.asarray(forced, np.int32)
    if forced.shape != uniforms.shape:
        raise ValueError(f"forced has shape {list(forced.shape)}, must be that of uniforms, {list(uniforms.shape)}")
    edges = ((0, 0), (model.conditioning_context, model.lookahead_frames), (0, 0))
    speaker = speaker_rows(speaker, model.speakers, len(conditioning))
    inputs = np.pad(conditioning, edges, mode="edge"), uniforms, forced, speaker
    return tuple(tf.constant(value) for value in inputs)

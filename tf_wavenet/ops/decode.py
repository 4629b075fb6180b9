"""Levels to audio in TensorFlow, as `tf_wavenet.audio.levels` computes it in NumPy."""

import math

NEGLIGIBLE = 2.0**-40  # Of a term's weight: sixteen bits below what float32 resolves.


def decode(tf, samples, levels: int):
    """Undoes mu-law: int32 levels `[B, N]` to float32 `[B, N]` in [-1, 1]."""
    mu = levels - 1
    companded = 2.0 * tf.cast(samples, tf.float32) / mu - 1.0
    return tf.sign(companded) * tf.math.expm1(tf.abs(companded) * math.log1p(mu)) / mu


def deemphasize(tf, emphasized, preemphasis: float, previous=None):
    """Undoes pre-emphasis, without a loop over samples.

        x(t) = e(t) + p x(t-1) = sum over j >= 0 of  p^j e(t-j)

    The sum is taken by doubling: y_0 = e, y_{k+1}(t) = y_k(t) + p^(2^k) y_k(t - 2^k) holds its first 2^(k+1) terms, so
    that nine steps do for p = 0.9. All that the filter knows of the past is x(t-1): what a call goes on from is the
    last sample of audio before it.

    Args:
      tf: the `tensorflow` module.
      emphasized: e, float32 `[B, N]`.
      preemphasis: p, in [0, 1).
      previous: x(-1), float32 `[B]`; None = 0.

    Returns:
      x, float32 `[B, N]`.
    """
    if previous is not None:
        emphasized = tf.concat([emphasized[:, :1] + preemphasis * previous[:, tf.newaxis], emphasized[:, 1:]], axis=1)
    audio, distance, weight = emphasized, 1, preemphasis
    while weight > NEGLIGIBLE:
        shifted = tf.pad(audio, [[0, 0], [distance, 0]])[:, : tf.shape(audio)[1]]
        audio += weight * shifted
        distance, weight = 2 * distance, weight * weight
    return audio

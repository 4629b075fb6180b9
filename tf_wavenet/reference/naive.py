"""The naive reference: a `tf.while_loop` that computes the whole receptive field again for every sample.

It goes through the training model's own layers and keeps nothing but the samples: the oracle at the end of the chain,
and the first rung of the ladder.
"""

import keras
import numpy as np
import tensorflow as tf

from tf_wavenet.config import VoiceConfig
from tf_wavenet.models import WaveNet
from tf_wavenet.reference.sampling import ReferenceResult, draw, prepare


class NaiveReference:
    """Generates by recomputation.

    Args:
      config: the voice's config.
      tensors: weights by spec name.

    Raises:
      RuntimeError: if Keras runs on another backend than TensorFlow.
      ValueError: if the tensors do not fit the config.
    """

    def __init__(self, config: VoiceConfig, tensors):
        if keras.backend.backend() != "tensorflow":
            raise RuntimeError(
                f"Keras runs on {keras.backend.backend()}, the naive reference needs KERAS_BACKEND=tensorflow"
            )
        self._config = config
        self._model = WaveNet(config)
        self._model.assign_tensors(tensors)
        self._loop = tf.function(self._generate)

    def generate(
        self, conditioning, uniforms, *, temperature: float = 1.0, speaker=0, forced=None, first: int = 0
    ) -> ReferenceResult:
        """Draws sample n with `uniforms[:, n]`; see `sampling.prepare` for shapes and errors.

        It remembers nothing but samples, so it may begin anywhere: with `first`, the samples before that one are taken
        from `forced`, and the result has N - first samples.
        """
        if not 0 <= first < np.shape(uniforms)[-1] or (first and forced is None):
            raise ValueError(
                f"first is {first}, must be in [0, {np.shape(uniforms)[-1]}), and 0 unless samples are forced"
            )
        inputs = prepare(self._config, conditioning, uniforms, forced, speaker)
        samples, logits = self._loop(*inputs, tf.constant(temperature, tf.float32), tf.constant(first))
        return ReferenceResult(np.asarray(samples), np.asarray(logits))

    def _generate(self, conditioning, uniforms, forced, speaker, temperature, first):
        model = self._config.model
        window = model.receptive_field_samples - 1  # Positions of x_0 that the newest prediction can see.
        batch, count = tf.shape(uniforms)[0], tf.shape(uniforms)[1]
        frames = self._model.project_conditioning(conditioning, speaker)
        silence = tf.fill([batch, window + 1], model.silence_level)
        history = tf.concat([silence, forced[:, :first]], axis=1)[:, first:]

        def body(t, history, samples, logits):
            newest = self._logits(history, frames, t, window)
            drawn = draw(newest, uniforms[:, t], temperature)
            level = tf.where(forced[:, t] >= 0, forced[:, t], drawn)
            history = tf.concat([history[:, 1:], level[:, None]], axis=1)
            return t + 1, history, samples.write(t - first, drawn), logits.write(t - first, newest)

        arrays = [tf.TensorArray(tf.int32, count - first), tf.TensorArray(tf.float32, count - first)]
        _, _, samples, logits = tf.while_loop(lambda t, *_: t < count, body, [first, history, *arrays])
        return tf.transpose(samples.stack(), [1, 0]), tf.transpose(logits.stack(), [1, 0, 2])

    def _logits(self, history, frames, t, window):
        """Logits `[B, a]` of sample t from the `window + 1` samples before it."""
        model = self._config.model
        positions = t - window + 1 + tf.range(window)
        # Before the start the ring buffers of the fast paths hold zeros: no embedding of silence, no bias.
        started = tf.cast(positions >= 0, tf.float32)[None, :, None]
        x = started * self._model.embed(history[:, :-1], history[:, 1:])
        activations = []
        for i in range(model.layers):
            past = self._model.shift(x, model.dilations[i])
            h = self._model.gate(i, past, x, self._conditioning(frames[i], tf.maximum(positions, 0)))
            activations.append(h[:, -1:])
            if i < model.layers - 1:
                x = started * self._model.residual(i, x, h)
        return self._model.output(self._model.skip(activations))[:, 0]

    def _conditioning(self, frames, positions):
        """L at `positions`; `[B, F (+ 1), 2r]` -> `[B, window, 2r]`."""
        hop = self._config.audio.hop_samples
        here = tf.gather(frames, positions // hop, axis=1)
        if self._config.model.upsampling == "repeat":
            return here
        weight = tf.cast(positions % hop, tf.float32)[None, :, None] / hop
        return here + weight * (tf.gather(frames, positions // hop + 1, axis=1) - here)

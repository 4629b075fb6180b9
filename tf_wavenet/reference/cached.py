"""The cached reference: a `tf.while_loop` with ring buffers, one set of matrix-vector products per sample.

What a careful TensorFlow user writes (Fast WaveNet, arXiv:1611.09482): all rings in one tensor, all left halves in one
batched product, all skips in one product; the layer chain itself is serial. With `xla=True` the loop is compiled.
"""

import numpy as np
import tensorflow as tf

from tf_wavenet import spec
from tf_wavenet.config import VoiceConfig
from tf_wavenet.reference.sampling import ReferenceResult, draw, prepare


class CachedReference:
    """Generates with cached activations.

    Args:
      config: the voice's config.
      tensors: weights by spec name.
      xla: compile the loop with XLA.

    Raises:
      ValueError: if the tensors do not fit the config.
    """

    def __init__(self, config: VoiceConfig, tensors, *, xla: bool = False):
        spec.check_tensors(config.model, tensors)
        self._config = config
        self._t = {name: tf.constant(value) for name, value in tensors.items()}
        layers = range(config.model.layers)
        stack = lambda part: tf.stack([self._t[f"layers.{i}.{part}"] for i in layers])
        self._prev = stack("prev.weight")  # [l, 2r, r]
        self._cond = tf.reshape(stack("cond.weight"), [config.model.layers, 2 * config.model.residual_channels, -1])
        self._cond_bias = stack("cond.bias")  # [l, speakers, 2r]
        self._skip = tf.concat([self._t[f"layers.{i}.skip.weight"] for i in layers], axis=1)  # [s, l * r]
        self._skip_bias = tf.add_n([self._t[f"layers.{i}.skip.bias"] for i in layers])
        self._loop = tf.function(self._generate, jit_compile=xla)

    def generate(self, conditioning, uniforms, *, temperature: float = 1.0, speaker=0, forced=None) -> ReferenceResult:
        """Draws sample n with `uniforms[:, n]`; see `sampling.prepare` for shapes and errors."""
        inputs = prepare(self._config, conditioning, uniforms, forced, speaker)
        samples, logits = self._loop(*inputs, tf.constant(temperature, tf.float32))
        return ReferenceResult(np.asarray(samples), np.asarray(logits))

    def _generate(self, conditioning, uniforms, forced, speaker, temperature):
        model = self._config.model
        batch, count = uniforms.shape
        dilations = tf.constant(model.dilations)
        offsets = tf.cumsum(dilations, exclusive=True)
        frames = self._project(conditioning, speaker)
        rings = tf.zeros([sum(model.dilations), batch, model.residual_channels])
        silence = tf.fill([batch], model.silence_level)

        def body(t, prev, cur, rings, samples, logits):
            slots = offsets + t % dilations
            left = tf.matmul(tf.gather(rings, slots), self._prev, transpose_b=True) + self._conditioning(frames, t)
            newest, inputs = self._step(prev, cur, left)
            rings = tf.tensor_scatter_nd_update(rings, slots[:, None], tf.stack(inputs))
            drawn = draw(newest, uniforms[:, t], temperature)
            level = tf.where(forced[:, t] >= 0, forced[:, t], drawn)
            return t + 1, cur, level, rings, samples.write(t, drawn), logits.write(t, newest)

        arrays = [
            tf.TensorArray(tf.int32, count, element_shape=[batch]),
            tf.TensorArray(tf.float32, count, element_shape=[batch, model.output_channels]),
        ]
        state = [0, silence, silence, rings, *arrays]
        *_, samples, logits = tf.while_loop(lambda t, *_: t < count, body, state)
        return tf.transpose(samples.stack(), [1, 0]), tf.transpose(logits.stack(), [1, 0, 2])

    def _step(self, prev, cur, left):
        """One sample: levels `[B]` twice, left halves `[l, B, 2r]` -> logits `[B, a]`, layers' inputs `l x [B, r]`."""
        model, t = self._config.model, self._t
        x = tf.gather(t["embed.prev"], prev) + tf.gather(t["embed.cur"], cur) + t["embed.bias"]
        x = tf.tanh(x) if model.embed_tanh else x
        inputs, activations = [], []
        for i in range(model.layers):
            inputs.append(x)
            pre = left[i] + tf.matmul(x, t[f"layers.{i}.cur.weight"], transpose_b=True)
            tanh, sigmoid = tf.split(pre, 2, axis=-1)
            h = tf.tanh(tanh) * tf.sigmoid(sigmoid)
            activations.append(h)
            if i < model.layers - 1:
                x = x + tf.matmul(h, t[f"layers.{i}.res.weight"], transpose_b=True) + t[f"layers.{i}.res.bias"]
        q = tf.matmul(tf.concat(activations, axis=-1), self._skip, transpose_b=True) + self._skip_bias
        z_a = tf.nn.relu(tf.matmul(tf.nn.relu(q), t["relu.weight"], transpose_b=True) + t["relu.bias"])
        return tf.matmul(z_a, t["out.weight"], transpose_b=True) + t["out.bias"], inputs

    def _project(self, conditioning, speaker):
        """L at frame rate; `[B, k + F + lookahead, C]`, int32 `[B]` -> `[F (+ 1), l, B, 2r]`."""
        window = 2 * self._config.model.conditioning_context + 1
        c = (conditioning - self._t["conditioning.mean"]) / self._t["conditioning.scale"]
        count = c.shape[1] - window + 1
        windows = tf.concat([c[:, j : j + count] for j in range(window)], axis=-1)
        return tf.einsum("bfw,low->flbo", windows, self._cond) + tf.gather(self._cond_bias, speaker, axis=1)

    def _conditioning(self, frames, t):
        """L of sample t; `[F (+ 1), l, B, 2r]` -> `[l, B, 2r]`."""
        hop = self._config.audio.hop_samples
        here = frames[t // hop]
        if self._config.model.upsampling == "repeat":
            return here
        return here + tf.cast(t % hop, tf.float32) / hop * (frames[t // hop + 1] - here)

"""The WaveNet as a Keras 3 model on `keras.ops` alone: it trains on TensorFlow and JAX unchanged.

Shapes: B batch, T samples, F frames with T = F * hop, C conditioning channels; l, r, s, a as in `WaveNetConfig`.
Reference: Arik et al., Deep Voice, arXiv:1702.07825, section 3.5 and appendix A.
"""

from typing import Mapping

import keras
import numpy as np
from keras import ops

from tf_wavenet import spec
from tf_wavenet.config import VoiceConfig


class WaveNet(keras.Model):
    """Logits of every sample given the ones before it (teacher forcing).

    Args:
      config: the voice's config.
      seed: of the initial weights (`spec.random_tensors`).
      compute_dtype: "float32", or "bfloat16" for mixed precision: products and activations in it, variables, features
        and logits in float32.

    Its variables are `self.tensors[name]`, by the names of `spec.tensor_specs`.
    """

    def __init__(self, config: VoiceConfig, seed: int = 0, compute_dtype: str = "float32"):
        super().__init__(name="wavenet")
        self.config, self.precision = config, compute_dtype
        initial = spec.random_tensors(config.model, seed)
        self.tensors = {}
        for tensor in spec.tensor_specs(config.model):
            self.tensors[tensor.name] = self.add_weight(
                shape=tensor.shape,
                initializer=lambda shape, dtype=None, value=initial[tensor.name]: ops.convert_to_tensor(value, dtype),
                trainable=tensor.trainable,
                name=tensor.name.replace(".", "_"),
            )
        self.built = True

    def call(self, inputs):
        """Predicts samples n = 0 .. T-1 of a stretch that starts on a frame boundary.

        Args:
          inputs: dict of
            levels: int32 `[B, T + 1]`, samples -2 .. T-2 of the stretch: what the predictions see.
            conditioning: float `[B, k + F + lookahead, C]`, with `k = conditioning_context` frames before the stretch.
            speaker: int32 `[B]`, the speaker of each, by its place in the config; left out = the first.

        Returns:
          float32 logits `[B, T, a]`.
        """
        levels, conditioning = inputs["levels"], inputs["conditioning"]
        x = self.embed(levels[:, :-1], levels[:, 1:])
        frames = self.project_conditioning(conditioning, inputs.get("speaker"))
        activations = []
        for i in range(self.config.model.layers):
            past = self.shift(x, self.config.model.dilations[i])
            h = self.gate(i, past, x, self.upsample(frames[i]))
            activations.append(h)
            if i < self.config.model.layers - 1:
                x = self.residual(i, x, h)
        return self.output(self.skip(activations))

    def embed(self, prev, cur):
        """x_0 = E_prev[y(t-1)] + E_cur[y(t)] + b_embed; int `[...]` twice -> `[..., r]`."""
        w = self.weight
        x = ops.take(w("embed.prev"), prev, axis=0) + ops.take(w("embed.cur"), cur, axis=0) + w("embed.bias")
        return ops.tanh(x) if self.config.model.embed_tanh else x

    def project_conditioning(self, conditioning, speaker=None):
        """L(f) = W_cond c[f-k .. f+k] + b[speaker] at frame rate; `[B, k + F + lookahead, C]`, int32 `[B]` (None = all
        the first) -> l times `[B, F (+ 1), 2r]`.

        A row of b for each speaker is WaveNet's global conditioning V h, h one-hot (arXiv:1609.03499, section 2.5).
        With linear upsampling there is one more frame than is spoken: the one that the last is interpolated towards.
        """
        model, t = self.config.model, self.tensors
        window = 2 * model.conditioning_context + 1
        c = (conditioning - t["conditioning.mean"]) / t["conditioning.scale"]
        count = ops.shape(c)[1] - window + 1
        windows = ops.concatenate([c[:, j : j + count] for j in range(window)], axis=-1)
        rows = 2 * model.residual_channels
        weight = ops.concatenate(
            [ops.reshape(t[f"layers.{i}.cond.weight"], (rows, -1)) for i in range(model.layers)], axis=0
        )
        biases = ops.concatenate([t[f"layers.{i}.cond.bias"] for i in range(model.layers)], axis=1)
        bias = biases[:1] if speaker is None else ops.take(biases, speaker, axis=0)
        projected = ops.matmul(windows, ops.transpose(weight)) + bias[:, None]
        return ops.split(ops.cast(projected, self.precision), model.layers, axis=-1)

    def upsample(self, frames):
        """One layer's L at sample rate: `[B, F (+ 1), 2r]` -> `[B, F * hop, 2r]`, repeated or interpolated."""
        hop = self.config.audio.hop_samples
        if self.config.model.upsampling == "repeat":
            return ops.repeat(frames, hop, axis=1)
        weight = ops.cast(ops.reshape(ops.arange(hop, dtype="float32") / hop, (1, 1, hop, 1)), frames.dtype)
        here, there = frames[:, :-1, None], frames[:, 1:, None]
        shape = ops.shape(frames)
        return ops.reshape(here + weight * (there - here), (shape[0], (shape[1] - 1) * hop, shape[2]))

    def shift(self, x, dilation):
        """x(t - d) with zeros before the start; `[B, T, r]` -> `[B, T, r]`."""
        samples = ops.shape(x)[1]
        return ops.pad(x, ((0, 0), (dilation, 0), (0, 0)))[:, :samples]

    def gate(self, i, past, x, conditioning):
        """h = tanh(f) * sigmoid(g) of W_prev x(t-d) + W_cur x(t) + L; `[..., r]` twice, `[..., 2r]` -> `[..., r]`."""
        w, r = self.weight, self.config.model.residual_channels
        weight = ops.concatenate([w(f"layers.{i}.prev.weight"), w(f"layers.{i}.cur.weight")], axis=1)
        pre = ops.matmul(ops.concatenate([past, x], axis=-1), ops.transpose(weight)) + conditioning
        return ops.tanh(pre[..., :r]) * ops.sigmoid(pre[..., r:])

    def residual(self, i, x, h):
        """x_i = x_{i-1} + W_res h + b_res; `[..., r]`."""
        w = self.weight
        return x + ops.matmul(h, ops.transpose(w(f"layers.{i}.res.weight"))) + w(f"layers.{i}.res.bias")

    def skip(self, activations):
        """q = sum_i (W_skip_i h_i + b_skip_i), as one product over all layers; l times `[..., r]` -> `[..., s]`."""
        layers = range(self.config.model.layers)
        weight = ops.concatenate([self.weight(f"layers.{i}.skip.weight") for i in layers], axis=1)
        bias = sum(self.weight(f"layers.{i}.skip.bias") for i in layers)
        return ops.matmul(ops.concatenate(activations, axis=-1), ops.transpose(weight)) + bias

    def output(self, q):
        """Logits: W_out relu(W_relu relu(q) + b_relu) + b_out; `[..., s]` -> `[..., a]`."""
        w, t = self.weight, self.tensors
        z_a = ops.relu(ops.matmul(ops.relu(q), ops.transpose(w("relu.weight"))) + w("relu.bias"))
        return ops.matmul(ops.cast(z_a, "float32"), ops.transpose(t["out.weight"])) + t["out.bias"]

    def weight(self, name):
        """A variable as products take it."""
        variable = self.tensors[name]
        return variable if self.precision == "float32" else ops.cast(variable, self.precision)

    def numpy_tensors(self) -> dict[str, np.ndarray]:
        """Returns the weights by spec name, float32."""
        return {name: np.asarray(ops.convert_to_numpy(value), np.float32) for name, value in self.tensors.items()}

    def assign_tensors(self, tensors: Mapping[str, np.ndarray]) -> None:
        """Sets the weights by spec name; raises `ValueError` unless they fit the config."""
        spec.check_tensors(self.config.model, tensors)
        for name, value in tensors.items():
            self.tensors[name].assign(value)

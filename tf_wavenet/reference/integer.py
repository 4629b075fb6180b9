"""The integer reference: what an int16 or int8 voice computes, to the bit. The specification of the quantized engine.

Weights are w = row_scale w_q, activations x = act_scale (x_q - zero); sums of w_q x_q are exact int32, and a `scale`
holds row_scale act_scale; conditioning has weights cond.scale w_q, rounded once. Everything else is float32, one
rounding for each operation written here. cc/engine/model/voice.h has the format.

Sums are computed in float64, where int32 sums are exact in every order, because NumPy multiplies float matrices with
BLAS and integer ones without.
"""

import dataclasses

import numpy as np

from tf_wavenet import philox
from tf_wavenet.reference import float32, integer_model
from tf_wavenet.reference.exact_conditioning import sample_conditioning
from tf_wavenet.reference.exact_sampler import NOT_FINITE, draw
from tf_wavenet.reference.integer_gate import clamp, fixed_gate, rational_gate
from tf_wavenet.reference.integer_model import RELU_LIMIT, SIGNED_LIMIT, ZERO
from tf_wavenet.reference.integer_request import IntegerRequest

NONLINEARITIES = ("fixed", "rational")


@dataclasses.dataclass(frozen=True, eq=False)
class IntegerResult:
    """B utterances of N samples: levels, logits before temperature, and if asked for, the intermediates of every step.
    Past an utterance's end: the silence level, and zeros."""

    samples: np.ndarray  # int32 [B, N]
    logits: np.ndarray  # float32 [B, N, a]
    trace: np.ndarray | None = None  # float32 [B, N, l r + 2 s + 2 a]: x_0 .. x_{l-1}, q, z_s, z_a, logits


class IntegerReference:
    """Generates with integer matrices, one sample at a time, all rows of a batch together.

    Args:
      voice: path of a voice file, what `export.read_voice` returns, or an `IntegerModel`.
      nonlinearities: of the gate; "fixed", also "": 16-bit integers; "rational": float32. Embedding and softmax are
        rational in both.

    Raises:
      FileNotFoundError, ValueError: if there is no such voice, or it is none of integers.
    """

    def __init__(self, voice, nonlinearities: str = ""):
        if nonlinearities not in ("", *NONLINEARITIES):
            raise ValueError(f"nonlinearities is {nonlinearities!r}, must be one of {', '.join(NONLINEARITIES)}")
        model = voice if isinstance(voice, integer_model.IntegerModel) else integer_model.load(voice)
        self._config, self._net = model.config, model.config.model
        self._precision = model.precision
        self._gate = rational_gate if nonlinearities == "rational" else fixed_gate
        self._cond = model.tensors["cond.scale"][:, None] * model.tensors["cond"].astype(np.float32)
        self._t = {
            name: tensor if tensor.dtype == np.float32 else np.asfortranarray(tensor.astype(np.float64))
            for name, tensor in model.tensors.items()
            if name != "cond"
        }

    @np.errstate(invalid="ignore", over="ignore")
    def generate(
        self,
        conditioning,
        seeds,
        *,
        temperature: float = 1.0,
        speaker=0,
        forced=None,
        num_frames=None,
        lookahead_frames=0,
        return_trace: bool = False,
    ) -> IntegerResult:
        """Generates the samples of a batch of utterances from their beginning.

        Args:
          conditioning: float32 `[B, F, C]`.
          seeds: int64 `[B]`.
          temperature: divides the logits; positive.
          speaker: number or name, or a list of one for each utterance.
          forced: int `[B, N]` or more columns, levels that enter the history in place of the drawn ones.
          num_frames: int or `[B]`, frames to speak; None = all that are not lookahead.
          lookahead_frames: int or `[B]`, frames after those that serve as context. With F - n of them, the result is
            the beginning of what all F frames give.
          return_trace: fill `IntegerResult.trace`.

        Returns:
          `IntegerResult` with N = hop_samples times the largest of `num_frames`.

        Raises:
          ValueError: if an argument is wrong.
          RuntimeError: if logits are not finite.
        """
        request = IntegerRequest(
            self._config, conditioning, seeds, temperature, speaker, forced, num_frames, lookahead_frames
        )
        batch, count, forced = request.batch, request.num_samples, request.forced
        uniforms = np.stack([philox.uniforms(seed, 0, count) for seed in request.seeds])  # [B, N]
        samples = np.full((batch, count), self._net.silence_level, np.int32)
        logits = np.zeros((batch, count, self._net.output_channels), np.float32)
        trace_floats = self._net.layers * self._net.residual_channels
        trace_floats += 2 * (self._net.skip_channels + self._net.output_channels)
        trace = np.zeros((batch, count, trace_floats), np.float32) if return_trace else None
        previous = current = np.full(batch, self._net.silence_level)
        rings = [
            np.full((d, batch, self._net.residual_channels), float(ZERO[self._precision])) for d in self._net.dilations
        ]
        bias = self._t["cond.bias"].reshape(self._net.bias_rows, -1)[request.speaker]
        conditioned = sample_conditioning(
            self._config, self._cond, bias, request.conditioning, request.counts, request.frames
        )
        for t, local in enumerate(conditioned):
            step = self._step(previous, current, local, rings, t)
            spoken, newest = t < request.ends, step[-1]
            level = draw(newest, uniforms[:, t], request.temperature)
            if (spoken & (level == NOT_FINITE)).any():
                row = np.argmax(spoken & (level == NOT_FINITE))
                raise RuntimeError(f"the logits of row {row} are not finite at sample {t}")
            samples[spoken, t], logits[spoken, t] = level[spoken], newest[spoken]
            if return_trace:
                trace[spoken, t] = np.concatenate(step, axis=1)[spoken]
            previous, current = current, level if forced is None else forced[:, t]
        return IntegerResult(samples, logits, trace)

    def _step(self, previous, current, local, rings, t: int) -> list[np.ndarray]:
        """Sample t: levels y(t - 2), y(t - 1) `[B]` and L(t) `[l, B, 2r]` -> x_0 .. x_{l-1}, q, z_s, z_a, logits."""
        w, layers = self._t, self._net.layers
        x = w["embed.prev"][previous] + w["embed.cur"][current]
        x = float32.tanh(x) if self._net.embed_tanh else x
        q = w["skip.bias"]
        trace = []
        for i, dilation in enumerate(self._net.dilations):
            trace.append(x)
            x_q = self._quantize(x, i)
            past = rings[i][t % dilation]  # x_q(t - dilation), zero before the first sample.
            acc = past @ w[f"layers.{i}.prev"].T + x_q @ w[f"layers.{i}.cur"].T
            rings[i][t % dilation] = x_q
            v = acc.astype(np.float32) * w[f"layers.{i}.gate.scale"] + local[i]
            h_q = self._gate(v, self._precision)
            if i < layers - 1:
                x = x + (w[f"layers.{i}.res.bias"] + self._times(f"layers.{i}.res", h_q))
            q = q + self._times(f"layers.{i}.skip", h_q)
        z_s = _relu(q)
        z_a = _relu(w["relu.bias"] + self._times("relu", self._quantize_relu(z_s, layers)))
        logits = w["out.bias"] + self._times("out", self._quantize_relu(z_a, layers + 1))
        return [*trace, q, z_s, z_a, logits]

    def _times(self, name: str, x_q: np.ndarray) -> np.ndarray:
        """scale (W x_q): the sum is exact, becomes float32 by one rounding, the product by another."""
        return (x_q @ self._t[name].T).astype(np.float32) * self._t[f"{name}.scale"]

    def _quantize(self, x: np.ndarray, i: int) -> np.ndarray:
        """x_q = zero + round(clamp(x / act_scale)), halves to even."""
        t = clamp(x * self._t["act.inverse_scale"][i], SIGNED_LIMIT[self._precision])
        return np.rint(t).astype(np.float64) + ZERO[self._precision]

    def _quantize_relu(self, z: np.ndarray, i: int) -> np.ndarray:
        """The same of z that is not negative: its zero is 0."""
        t = np.fmin(z * self._t["act.inverse_scale"][i], np.float32(RELU_LIMIT[self._precision]))
        return np.rint(t).astype(np.float64)


def _relu(x: np.ndarray) -> np.ndarray:
    return np.where(x < 0, np.float32(0), x)

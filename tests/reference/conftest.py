"""Integer models without files or calibration: quantized here, from random tensors and the ranges of one utterance."""

import dataclasses

import numpy as np
import pytest

from tf_wavenet import export, spec
from tf_wavenet.config import AudioConfig, VoiceConfig, WaveNetConfig
from tf_wavenet.reference.integer_model import RELU_LIMIT, SIGNED_LIMIT, ZERO, IntegerModel

HEADROOM = 1.1  # Of activation scales over the largest activation seen.


@dataclasses.dataclass
class Quantized:
    """An integer model, the float64 network that it stands for, and an utterance."""

    model: IntegerModel
    weights: dict  # float64 by voice file name: w_q row_scale, biases without what the zero point folds into them.
    act_scale: np.ndarray  # float64 [l + 2]
    frames: np.ndarray  # float32 [F, C]
    levels: np.ndarray  # int [F * hop], forced


def small_config(**model):
    sizes = dict(layers=3, residual_channels=6, skip_channels=9, output_channels=20, dilation_cycle=3)
    sizes |= dict(conditioning_channels=4, conditioning_context=1) | model
    return VoiceConfig(audio=AudioConfig(hop_samples=7, mel_bands=4), model=WaveNetConfig(**sizes))


def evaluate(config, w, frames, levels, quantize=lambda x, i: x, quantize_h=lambda h: h):
    """The network in float64, all samples at once; `quantize(x, i)` is applied to the activations that matrices read.

    Returns a dict: "x" [l] of [T, r], "v" [l] of [T, 2r], "q", "z_s", "z_a", "logits".
    """
    net, hop, count = config.model, config.audio.hop_samples, len(levels)
    r, k = net.residual_channels, net.conditioning_context
    window = lambda f: frames[np.clip(np.arange(f - k, f + k + 1), 0, len(frames) - 1)].ravel().astype(np.float64)
    projected = np.stack([w["cond"] @ window(f) + w["cond.bias"] for f in range(len(frames) + 1)])
    frame, j = np.divmod(np.arange(count), hop)
    weight = j[:, None] / hop if net.upsampling == "linear" else 0
    local = (1 - weight) * projected[frame] + weight * projected[frame + 1]
    history = np.concatenate([[net.silence_level] * 2, levels])
    x = w["embed.prev"][history[:-2]] + w["embed.cur"][history[1:-1]]
    x = np.tanh(x) if net.embed_tanh else x
    seen, q = {"x": [], "v": []}, w["skip.bias"]
    for i, dilation in enumerate(net.dilations):
        x_q = quantize(x, i)
        past = np.concatenate([np.zeros((dilation, r)), x_q])[:count]
        v = past @ w[f"layers.{i}.prev"].T + x_q @ w[f"layers.{i}.cur"].T + local[:, 2 * r * i : 2 * r * (i + 1)]
        seen["x"].append(x)
        seen["v"].append(v)
        h = quantize_h(np.tanh(v[:, :r]) / (1 + np.exp(-v[:, r:])))
        q = q + h @ w[f"layers.{i}.skip"].T
        if i < net.layers - 1:
            x = x + h @ w[f"layers.{i}.res"].T + w[f"layers.{i}.res.bias"]
    z_s = np.maximum(q, 0)
    z_a = np.maximum(quantize(z_s, net.layers) @ w["relu"].T + w["relu.bias"], 0)
    logits = quantize(z_a, net.layers + 1) @ w["out"].T + w["out.bias"]
    return seen | {"q": q, "z_s": z_s, "z_a": z_a, "logits": logits}


def quantize_rows(precision, *matrices):
    """Matrices that share row scales -> integers, and the scales float64 `[rows]`."""
    joined = np.concatenate(matrices, axis=1)
    limit = SIGNED_LIMIT[precision]
    row_scale = np.abs(joined).max(axis=1) / limit
    if precision == "int16":  # The sum of a row must fit int32; rounding adds half a unit for each column.
        row_scale = np.maximum(row_scale, np.abs(joined).sum(axis=1) / (65535 - joined.shape[1]))
    else:  # Of two columns side by side the products must fit int16; rounding may add one unit.
        for matrix in matrices:
            odd = np.pad(np.abs(matrix[:, 1::2]), ((0, 0), (0, matrix.shape[1] % 2)))
            row_scale = np.maximum(row_scale, (np.abs(matrix[:, ::2]) + odd).max(axis=1) / 127)
    return [np.rint(m / row_scale[:, None]).astype(precision) for m in matrices], row_scale


def quantize_model(precision, seed=0, weight_gain=1.0, **model):
    """Returns `Quantized`; biases are random, and matrices `weight_gain` times those of a fresh network."""
    config, rng = small_config(**model), np.random.default_rng(seed)
    net = config.model
    tensors = spec.random_tensors(net, seed)
    for name in tensors:
        if name.endswith("bias"):
            tensors[name] = rng.normal(0, 0.3, tensors[name].shape).astype(np.float32)
        elif name.startswith(("layers", "relu", "out")):
            tensors[name] = tensors[name] * np.float32(weight_gain)
    w = {name: tensor.astype(np.float64) for name, tensor in export.fold(net, tensors).items()}
    w["cond"], w["cond.bias"] = w["cond"].reshape(w["cond.bias"].size, -1), w["cond.bias"].ravel()
    frames = rng.normal(0, 1.5, (5, net.conditioning_channels)).astype(np.float32)
    levels = rng.integers(0, net.output_channels, 5 * config.audio.hop_samples)

    seen = evaluate(config, w, frames, levels)
    largest = [np.abs(x).max() / SIGNED_LIMIT[precision] for x in seen["x"]]
    largest += [seen[z].max() / RELU_LIMIT[precision] for z in ("z_s", "z_a")]
    inverse = (1 / (HEADROOM * np.array(largest))).astype(np.float32)
    act_scale = 1 / inverse.astype(np.float64)
    h_scale = 2.0**-15 if precision == "int16" else 2.0**-7

    integer = {name: tensor.astype(np.float32) for name, tensor in w.items() if tensor.ndim == 1 or "embed" in name}
    cond_scale = (np.abs(w["cond"]).max(axis=1) / 32767).astype(np.float32)
    cond = np.rint(w["cond"] / cond_scale[:, None]).astype(np.int16)
    w["cond"] = cond * cond_scale[:, None].astype(np.float64)
    integer |= {"cond": cond, "cond.scale": cond_scale, "act.inverse_scale": inverse}
    folded = {name: w[name].copy() for name in integer if name.endswith("bias")}

    def store(names, scale_name, scale):
        matrices, row_scale = quantize_rows(precision, *(w[name] for name in names))
        integer[scale_name] = (row_scale * scale).astype(np.float32)
        exact = integer[scale_name].astype(np.float64)
        for name, matrix in zip(names, matrices):
            integer[name], w[name] = matrix, matrix * (exact / scale)[:, None]
        return -ZERO[precision] * exact * sum(m.astype(np.int64).sum(axis=1) for m in matrices)

    gates = []
    for i in range(net.layers):
        gates.append(store([f"layers.{i}.prev", f"layers.{i}.cur"], f"layers.{i}.gate.scale", act_scale[i]))
        if i < net.layers - 1:
            folded[f"layers.{i}.res.bias"] += store([f"layers.{i}.res"], f"layers.{i}.res.scale", h_scale)
        folded["skip.bias"] += store([f"layers.{i}.skip"], f"layers.{i}.skip.scale", h_scale)
    folded["cond.bias"] += np.concatenate(gates)
    store(["relu"], "relu.scale", act_scale[-2])
    store(["out"], "out.scale", act_scale[-1])
    integer |= {name: bias.astype(np.float32) for name, bias in folded.items()}
    return Quantized(IntegerModel(config, precision, integer), w, act_scale, frames, levels)


@pytest.fixture
def quantized():
    """`quantized(precision, seed=0, weight_gain=1, **model)` returns `Quantized`."""
    return quantize_model


@pytest.fixture
def float64_network():
    """`evaluate`."""
    return evaluate

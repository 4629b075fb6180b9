"""fma, rational functions and conditioning together: a float32 voice's logits, to the bit, beside the engine's."""

import numpy as np
import pytest

from tf_wavenet import export, native
from tf_wavenet.config import AudioConfig, VoiceConfig, WaveNetConfig
from tf_wavenet.reference import float32
from tf_wavenet.reference.exact_conditioning import sample_conditioning
from tf_wavenet import spec

FRAMES, HOP = 7, 6


def gemv(w, x, start):
    """Per row a chain of fma over columns, `[T, cols]` -> `[T, rows]`."""
    acc = start
    for column in range(w.shape[1]):
        acc = float32.fma(w[:, column], x[:, column, None], acc)
    return acc


def float32_logits(config, w, conditioning, levels):
    """The float32 engine's arithmetic, all samples at once, which forced levels allow; `[T, a]`."""
    net, count, zero = config.model, len(levels), np.float32(0)
    local = np.stack(
        list(
            sample_conditioning(config, w["cond"], w["cond.bias"][:, 0], conditioning[None], np.array([FRAMES]), FRAMES)
        )
    )[:, :, 0]
    history = np.concatenate([[net.silence_level] * 2, levels])
    embedding = {name: w[name].reshape(net.output_channels, -1) for name in ("embed.prev", "embed.cur")}
    x = embedding["embed.prev"][history[:count]] + embedding["embed.cur"][history[1 : count + 1]]
    x = float32.tanh(x) if net.embed_tanh else x
    q = w["skip.bias"][:, 0]
    for i, dilation in enumerate(net.dilations):
        past = np.concatenate([np.zeros((dilation, x.shape[1]), np.float32), x])[:count]
        v = gemv(w[f"layers.{i}.prev"], past, zero) + gemv(w[f"layers.{i}.cur"], x, zero) + local[:, i]
        h = float32.tanh(v[:, : x.shape[1]]) * float32.sigmoid(v[:, x.shape[1] :])
        q = q + gemv(w[f"layers.{i}.skip"], h, zero)
        if i < net.layers - 1:
            x = x + gemv(w[f"layers.{i}.res"], h, w[f"layers.{i}.res.bias"][:, 0])
    z = gemv(w["relu"], np.maximum(q, zero), w["relu.bias"][:, 0])
    return gemv(w["out"], np.maximum(z, zero), w["out.bias"][:, 0])


@pytest.mark.parametrize(
    "model",
    [{"upsampling": "linear"}, {"upsampling": "repeat", "embed_tanh": True}, {"conditioning_context": 0}],
    ids=str,
)
def test_float32_logits_are_the_engines(model, tmp_path):
    sizes = dict(layers=4, residual_channels=9, skip_channels=20, output_channels=18, dilation_cycle=3)
    config = VoiceConfig(
        audio=AudioConfig(hop_samples=HOP, mel_bands=5),
        model=WaveNetConfig(**sizes, **({"conditioning_channels": 5, "conditioning_context": 2} | model)),
    )
    rng = np.random.default_rng(3)
    tensors = spec.random_tensors(config.model, 4)
    for name in tensors:
        if name.endswith("bias"):
            tensors[name] = rng.normal(0, 0.3, tensors[name].shape).astype(np.float32)
    export.export_voice(config, tensors, tmp_path / "voice.gguf", name="voice")
    stored = {tensor.name: tensor for tensor in export.stored_tensors(config.model)}
    data = {tensor.name: tensor.data for tensor in export.read_voice(tmp_path / "voice.gguf").tensors}
    unpacked = {name: tensor.unpack(data[name]) for name, tensor in stored.items()}

    frames = rng.normal(0, 2, (FRAMES, 5)).astype(np.float32)
    levels = rng.integers(0, 18, FRAMES * HOP, np.int32)
    spoken = native.generate(tmp_path / "voice.gguf", frames, forced=levels, return_logits=True)
    expected = float32_logits(config, unpacked, frames, levels)
    np.testing.assert_array_equal(spoken.logits[0].view(np.uint32), expected.view(np.uint32))

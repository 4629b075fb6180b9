"""What Python exports, the engine opens, refuses when it is damaged, and speaks like the model that was exported."""

import numpy as np
import pytest

from tf_wavenet import export, native

# The engine in float32 with rational nonlinearities against float64: sums of up to 81 terms of order one, few layers.
# 1.3e-6 at most when this was written; a wrong weight changes logits by more than 1e-2.
LOGITS_TOLERANCE = 1e-5
FRAMES = 6


@pytest.fixture
def voice(config, tensors, tmp_path):
    export.export_voice(config, tensors, tmp_path / "voice.gguf", name="voice", training={"steps": 1})
    return tmp_path / "voice.gguf"


def test_engine_and_python_read_the_same(voice, config):
    info, read = native.voice_info(voice), export.read_voice(voice)
    for field in ("layers", "residual_channels", "skip_channels", "output_channels", "dilation_cycle"):
        assert getattr(info, field) == getattr(config.model, field)
    assert info.conditioning_channels == config.audio.mel_bands
    assert info.conditioning_context == config.model.conditioning_context
    assert info.lookahead_frames == config.model.lookahead_frames
    assert info.silence_level == config.model.silence_level
    assert info.hop_samples == config.audio.hop_samples
    assert info.sample_rate_hz == config.audio.sample_rate_hz
    assert info.checksum == read.checksum
    assert info.weight_bytes_per_sample == read.weight_bytes_per_sample


def test_engine_refuses_damage(voice):
    content = voice.read_bytes()
    size = len(content)
    with pytest.raises(ValueError, match=f"truncated: file has {size - 64} bytes, the header promises {size}"):
        native.voice_info(content[:-64])
    with pytest.raises(ValueError, match="damaged: checksum"):
        native.voice_info(content[:-100] + bytes([content[-100] ^ 1]) + content[-99:])


def test_engine_speaks_the_model_that_was_exported(voice, config, tensors):
    rng = np.random.default_rng(5)
    frames = rng.normal(-1, 2, (FRAMES, config.audio.mel_bands)).astype(np.float32)
    levels = rng.integers(0, config.model.output_channels, FRAMES * config.audio.hop_samples, np.int32)
    spoken = native.generate(voice, frames, forced=levels, return_logits=True)
    expected = oracle_logits(config, tensors, frames, levels)
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(spoken.logits[0], expected, atol=LOGITS_TOLERANCE)


def oracle_logits(config, tensors, frames, levels):
    """The model's equations in float64, sample by sample, on the tensors as they were before folding."""
    w = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
    model, hop = config.model, config.audio.hop_samples
    r, k = model.residual_channels, model.conditioning_context
    normal = (frames - w["conditioning.mean"]) / w["conditioning.scale"]

    def frame_projection(i, f):
        seen = normal[np.clip(np.arange(f - k, f + k + 1), 0, len(frames) - 1)]
        return np.einsum("rwc,wc->r", w[f"layers.{i}.cond.weight"], seen) + w[f"layers.{i}.cond.bias"][0]

    def projection(i, t):
        here, weight = frame_projection(i, t // hop), t % hop / hop
        return here if model.upsampling == "repeat" else here + weight * (frame_projection(i, t // hop + 1) - here)

    history = [model.silence_level, model.silence_level, *levels]
    inputs = [[] for _ in range(model.layers)]  # x_{i-1}(t) of every step so far, by layer.
    logits = []
    for t in range(len(levels)):
        x = w["embed.prev"][history[t]] + w["embed.cur"][history[t + 1]] + w["embed.bias"]
        x = np.tanh(x) if model.embed_tanh else x
        q = 0
        for i, dilation in enumerate(model.dilations):
            past = inputs[i][t - dilation] if t >= dilation else np.zeros(r)
            inputs[i].append(x)
            pre = w[f"layers.{i}.prev.weight"] @ past + w[f"layers.{i}.cur.weight"] @ x + projection(i, t)
            h = np.tanh(pre[:r]) / (1 + np.exp(-pre[r:]))
            q = q + w[f"layers.{i}.skip.weight"] @ h + w[f"layers.{i}.skip.bias"]
            if i < model.layers - 1:
                x = x + w[f"layers.{i}.res.weight"] @ h + w[f"layers.{i}.res.bias"]
        z = np.maximum(w["relu.weight"] @ np.maximum(q, 0) + w["relu.bias"], 0)
        logits.append(w["out.weight"] @ z + w["out.bias"])
    return np.array(logits)

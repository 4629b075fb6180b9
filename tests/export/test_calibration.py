"""The float32 run over recordings, and its statistics, against the model's equations in float64."""

import numpy as np
import pytest

from tf_wavenet import export
from tf_wavenet.export import teacher_forcing

# float32 sums of up to 81 terms of order one, in at most 4 layers.
TOLERANCE = 2e-5
MOMENT_TOLERANCE = 1e-4  # Of sums over 140 samples of products of two such.


def oracle_inputs(config, tensors, recording):
    """What enters each matrix, sample by sample, float64, on the tensors as they were before folding."""
    w = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
    model, hop, mel = config.model, config.audio.hop_samples, recording.mel
    r, k = model.residual_channels, model.conditioning_context
    normal = (mel - w["conditioning.mean"]) / w["conditioning.scale"]

    def frame(i, f):
        seen = normal[np.clip(np.arange(f - k, f + k + 1), 0, len(mel) - 1)]
        return np.einsum("rwc,wc->r", w[f"layers.{i}.cond.weight"], seen) + w[f"layers.{i}.cond.bias"][0]

    window = lambda f: mel[np.clip(np.arange(f - k, f + k + 1), 0, len(mel) - 1)].ravel()
    history = [model.silence_level, model.silence_level, *recording.levels]
    rows = {"cond": [window(f) for f in range(len(mel))]}  # Folding takes the features as they are.
    for t in range(len(recording.levels)):
        x = w["embed.prev"][history[t]] + w["embed.cur"][history[t + 1]] + w["embed.bias"]
        x = np.tanh(x) if model.embed_tanh else x
        q = 0
        for i, dilation in enumerate(model.dilations):
            earlier = rows.get(f"layers.{i}.gate", [])
            past = earlier[t - dilation][r:] if t >= dilation else np.zeros(r)
            rows.setdefault(f"layers.{i}.gate", []).append(np.concatenate([past, x]))
            weight = 0 if model.upsampling == "repeat" else t % hop / hop
            condition = frame(i, t // hop) * (1 - weight) + weight * frame(i, t // hop + 1)
            pre = w[f"layers.{i}.prev.weight"] @ past + w[f"layers.{i}.cur.weight"] @ x + condition
            h = np.tanh(pre[:r]) / (1 + np.exp(-pre[r:]))
            rows.setdefault(f"layers.{i}.h", []).append(h)
            q = q + w[f"layers.{i}.skip.weight"] @ h + w[f"layers.{i}.skip.bias"]
            if i < model.layers - 1:
                x = x + w[f"layers.{i}.res.weight"] @ h + w[f"layers.{i}.res.bias"]
        rows.setdefault("relu", []).append(np.maximum(q, 0))
        rows.setdefault("out", []).append(np.maximum(w["relu.weight"] @ rows["relu"][-1] + w["relu.bias"], 0))
    return {name: np.array(inputs) for name, inputs in rows.items()}


@pytest.mark.parametrize("block_samples", [1, 20, 1000])
def test_inputs_are_the_models(config, tensors, recordings, block_samples):
    folded = export.fold(config.model, tensors)
    for recording in recordings:
        blocks = {}
        for name, inputs in teacher_forcing.matrix_inputs(config, folded, recording, block_samples):
            assert inputs.dtype == np.float32
            blocks.setdefault(name, []).append(inputs)
        expected = oracle_inputs(config, tensors, recording)
        assert list(blocks) == list(expected)
        for name, inputs in expected.items():
            np.testing.assert_allclose(np.concatenate(blocks[name]), inputs, atol=TOLERANCE, err_msg=name)


def test_statistics_are_those_of_the_models_inputs(config, tensors, recordings):
    calibration = export.calibrate(config, export.fold(config.model, tensors), recordings)
    runs = [oracle_inputs(config, tensors, recording) for recording in recordings]
    inputs = {name: np.concatenate([run[name] for run in runs]) for name in runs[0]}
    assert set(calibration.moments) == set(inputs)
    for name, x in inputs.items():
        assert calibration.moments[name].dtype == np.float64
        np.testing.assert_allclose(
            calibration.moments[name], x.T @ x, atol=MOMENT_TOLERANCE * max(1, np.abs(x.T @ x).max()), err_msg=name
        )
    r, layers = config.model.residual_channels, config.model.layers
    activations = {f"x_{i}": inputs[f"layers.{i}.gate"][:, r:] for i in range(layers)}
    activations |= {"z_s": inputs["relu"], "z_a": inputs["out"]}
    assert list(calibration.magnitudes) == list(activations)
    for name, x in activations.items():
        assert calibration.magnitudes[name].largest == pytest.approx(np.abs(x).max(), abs=TOLERANCE)
        assert calibration.magnitudes[name].counts.sum() == x.size
    assert calibration.recordings == 2
    assert calibration.seconds == 140 / config.audio.sample_rate_hz


def test_refuses_nothing_and_what_overflows(odd_voice, odd_recordings):
    config, tensors = odd_voice
    folded = export.fold(config.model, tensors)
    with pytest.raises(ValueError, match="recordings is empty, must hold at least one"):
        export.calibrate(config, folded, [])
    folded["embed.cur"] = np.full_like(folded["embed.cur"], 3e38)
    folded["embed.prev"] = folded["embed.cur"]
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="x_0 is not finite on the recordings"):
        export.calibrate(config, folded, odd_recordings)

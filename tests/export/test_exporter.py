import numpy as np
import pytest

from tf_wavenet import export, spec

# Folding rounds each weight and bias to float32 once (half an ulp: 6e-8 of it); a projection sums at most 48 products
# of them, each with a frame's value of up to 15.
FOLD_TOLERANCE = 2e-5


def project(weight, bias, frames):
    """L = W c + b in float64, element by element: weight [2 r, window, channels], frames [window, channels]."""
    out = np.array(bias, np.float64)
    for row in range(weight.shape[0]):
        for offset in range(weight.shape[1]):
            for channel in range(weight.shape[2]):
                out[row] += float(weight[row, offset, channel]) * float(frames[offset, channel])
    return out


def test_folded_projection_takes_frames_as_they_are(config, tensors):
    model = config.model
    folded = export.fold(model, tensors)
    frames = np.random.default_rng(1).normal(-4, 3, (2 * model.conditioning_context + 1, model.conditioning_channels))
    mean, scale = (np.asarray(tensors[f"conditioning.{name}"], np.float64) for name in ("mean", "scale"))
    for i in range(model.layers):
        expected = project(
            tensors[f"layers.{i}.cond.weight"], tensors[f"layers.{i}.cond.bias"], (frames - mean) / scale
        )
        found = project(folded["cond"][i], folded["cond.bias"][i], frames)
        np.testing.assert_allclose(found, expected, atol=FOLD_TOLERANCE)


def test_fold_rounds_once(config, tensors):
    model = config.model
    folded = export.fold(model, tensors)
    exact = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
    assert all(tensor.dtype == np.float32 for tensor in folded.values())
    assert list(folded) != [] and set(folded) == {tensor.name for tensor in export.stored_tensors(model)}
    np.testing.assert_array_equal(folded["embed.prev"], tensors["embed.prev"])
    np.testing.assert_array_equal(folded["embed.cur"], (exact["embed.cur"] + exact["embed.bias"]).astype(np.float32))
    skip = sum(exact[f"layers.{i}.skip.bias"] for i in range(model.layers))
    np.testing.assert_array_equal(folded["skip.bias"], skip.astype(np.float32))
    weight = exact["layers.0.cond.weight"] / exact["conditioning.scale"]
    np.testing.assert_array_equal(folded["cond"][0], weight.astype(np.float32))


def test_read_tensors_is_a_model_that_exports_to_the_same_file(config, tensors, tmp_path):
    export.export_voice(config, tensors, tmp_path / "voice.gguf", name="voice")
    config_read, tensors_read = export.read_tensors(tmp_path / "voice.gguf")
    assert config_read == config
    spec.check_tensors(config.model, tensors_read)
    folded = {"conditioning.mean", "conditioning.scale", "embed.cur", "embed.bias"}
    for name, tensor in tensors.items():
        if name not in folded and ".cond." not in name and ".skip.bias" not in name:
            np.testing.assert_array_equal(tensors_read[name], tensor, err_msg=name)
    assert not tensors_read["conditioning.mean"].any() and np.all(tensors_read["conditioning.scale"] == 1)
    export.export_voice(config, tensors_read, tmp_path / "again.gguf", name="voice")
    assert (tmp_path / "again.gguf").read_bytes() == (tmp_path / "voice.gguf").read_bytes()


@pytest.mark.parametrize(
    "name, change, message",
    [
        ("relu.bias", lambda tensor: None, r"1 missing \(first \['relu.bias'\]\)"),
        ("relu.bias", lambda tensor: tensor[1:], r"relu.bias has shape \[17\], the config wants \[18\]"),
        ("relu.bias", lambda tensor: tensor.astype(np.float64), "relu.bias is float64, must be float32"),
        ("relu.bias", lambda tensor: tensor * np.float32("nan"), "relu.bias holds 18 values that are not finite"),
        ("conditioning.scale", lambda tensor: -tensor, "conditioning.scale must be positive"),
        ("conditioning.scale", lambda tensor: tensor * np.float32(1e-44), "cond reaches .* when folded, float32 ends"),
        ("conditioning.mean", lambda tensor: tensor + np.float32(3e38), "cond.bias reaches .* when folded"),
        ("embed.bias", lambda tensor: tensor + np.float32(3.4e38), "embed.cur reaches .* when folded"),
    ],
)
def test_refuses_what_would_not_speak(name, change, message, tmp_path, odd_voice):
    config, tensors = odd_voice
    tensors["embed.cur"][0] = 1e37
    changed = change(tensors.pop(name))
    if changed is not None:
        tensors[name] = changed
    with pytest.raises(ValueError, match=message):
        export.export_voice(config, tensors, tmp_path / "voice.gguf", name="voice")
    assert list(tmp_path.iterdir()) == []


def test_export_checkpoint_takes_provenance_along(odd_voice, tmp_path):
    from tf_wavenet import checkpoint

    config, tensors = odd_voice
    metadata = {"config": config.to_dict(), "step": 1234, "training": {"corpus": {"clips": 7}}}
    content = {checkpoint.MODEL + name: tensor for name, tensor in tensors.items()}
    checkpoint.save(tmp_path / "checkpoint.safetensors", content, metadata)
    path, direct = tmp_path / "voice.gguf", tmp_path / "direct.gguf"
    export.export_checkpoint(tmp_path / "checkpoint.safetensors", path, name="trained", description="d")
    voice = export.read_voice(path)
    assert voice.config == config
    assert (voice.name, voice.description) == ("trained", "d")
    assert voice.training == {"corpus": {"clips": 7}, "step": 1234}
    export.export_voice(config, tensors, direct, name="trained", description="d", training=voice.training)
    assert direct.read_bytes() == path.read_bytes()


def test_export_checkpoint_names_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing.safetensors"):
        export.export_checkpoint(tmp_path / "nothing.safetensors", tmp_path / "voice.gguf", name="voice")

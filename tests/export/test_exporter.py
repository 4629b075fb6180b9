import numpy as np
import pytest
import soundfile

from tf_wavenet import checkpoint, export, spec

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
            tensors[f"layers.{i}.cond.weight"], tensors[f"layers.{i}.cond.bias"][0], (frames - mean) / scale
        )
        found = project(folded["cond"][i], folded["cond.bias"][0, i], frames)
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


QUANTIZED = pytest.mark.parametrize("precision", ["int16", "int8"])


def saved(path, config, tensors):
    metadata = {"config": config.to_dict(), "step": 1234, "training": {"corpus": {"clips": 7}}}
    checkpoint.save(path, {checkpoint.MODEL + name: tensor for name, tensor in tensors.items()}, metadata)
    return path


@pytest.fixture
def speech(tmp_path):
    """A second and a half of noise in two files."""
    rng, folder = np.random.default_rng(0), tmp_path / "speech"
    folder.mkdir()
    for name in ("a.wav", "b.flac"):
        soundfile.write(folder / name, 0.1 * rng.normal(size=12_000), 16000)
    return folder


@QUANTIZED
def test_integers_are_the_model_up_to_their_steps(config, tensors, recordings, precision, tmp_path):
    path = tmp_path / "voice.gguf"
    report = export.export_voice(config, tensors, path, name="v", precision=precision, recordings=recordings)
    by_name = {entry.name: entry for entry in report}
    found_config, found = export.read_tensors(path)
    assert found_config == config
    spec.check_tensors(config.model, found)
    export.export_voice(config, tensors, tmp_path / "f32.gguf", name="v")
    _, floats = export.read_tensors(tmp_path / "f32.gguf")
    for name, expected in floats.items():
        owner = name.removesuffix(".weight").replace(".prev", ".gate").replace(".cur", ".gate")
        if owner.endswith(".cond"):
            largest = np.abs(expected).max(axis=(1, 2), keepdims=True)
            assert (np.abs(found[name] - expected) <= largest / 32767 * 0.51).all()
            assert largest.max() / 32767 <= by_name["cond"].scale_max * 1.001
        elif owner not in by_name:
            # What the zero point added is taken away again: a rounding to float32 of up to 128 * scale * sum(w_q).
            np.testing.assert_allclose(found[name], expected, atol=1e-5, err_msg=name)
        else:
            # Compensation moves weights by a few steps, where what it does to others is worth it.
            assert np.abs(found[name] - expected).max() < 16 * by_name[owner].scale_max, name
            assert np.mean((found[name] - expected) ** 2) < (2 * by_name[owner].scale_max) ** 2, name


@QUANTIZED
def test_weights_without_correlation_are_within_half_a_step(odd_voice, precision, tmp_path):
    """Second moments that are all diagonal leave nothing to compensate."""
    config, tensors = odd_voice
    folded = export.fold(config.model, tensors)
    calibration = export.calibrate(config, folded, _recordings_of(config))
    uncorrelated = {name: np.eye(len(moments)) for name, moments in calibration.moments.items()}
    plain = export.Calibration(calibration.magnitudes, uncorrelated, 1, 1.0)
    quantized = export.quantize(config.model, folded, plain, precision)
    packed = {
        tensor.name: tensor.pack(quantized.tensors[tensor.name])
        for tensor in export.stored_tensors(config.model, precision)
    }
    export.write_voice(tmp_path / "v.gguf", config, packed, name="v", precision=precision)
    _, found = export.read_tensors(tmp_path / "v.gguf")
    inverse = quantized.tensors["act.inverse_scale"]
    for name, scale, act_scale in [
        ("layers.0.prev", "layers.0.gate", 1 / inverse[0]),
        ("layers.1.cur", "layers.1.gate", 1 / inverse[1]),
        ("layers.1.res", "layers.1.res", export.PRECISIONS[precision].integer.gate_scale),
        ("layers.2.skip", "layers.2.skip", export.PRECISIONS[precision].integer.gate_scale),
        ("relu", "relu", 1 / inverse[-2]),
        ("out", "out", 1 / inverse[-1]),
    ]:
        row_scale = quantized.tensors[f"{scale}.scale"][:, None] / act_scale
        half_a_step = row_scale / 2 * (1 + 1e-5) + 1e-6 * np.abs(folded[name])  # float32 scales, float32 results
        assert np.all(np.abs(found[f"{name}.weight"] - folded[name]) <= half_a_step), name


def _recordings_of(config):
    from tf_wavenet.training.data import Recording

    rng = np.random.default_rng(1)
    levels = rng.integers(0, config.model.output_channels, 64).astype(np.int16)
    return [Recording("noise", levels, rng.normal(size=(16, config.audio.mel_bands)).astype(np.float32))]


@QUANTIZED
def test_same_arguments_same_integers(odd_voice, odd_recordings, precision, tmp_path):
    config, tensors = odd_voice
    paths = [tmp_path / "a.gguf", tmp_path / "b.gguf", tmp_path / "c.gguf"]
    for path, given in zip(paths, (odd_recordings, odd_recordings, odd_recordings[:1])):
        export.export_voice(config, tensors, path, name="v", precision=precision, recordings=given)
    assert paths[0].read_bytes() == paths[1].read_bytes() != paths[2].read_bytes()


def test_provenance_tells_of_the_quantization(odd_voice, odd_recordings, tmp_path):
    config, tensors = odd_voice
    training = {"step": 3}
    for given in (training, None):
        path = tmp_path / "voice.gguf"
        arguments = dict(name="v", precision="int8", recordings=odd_recordings, training=given)
        export.export_voice(config, tensors, path, **arguments)
        found = export.read_voice(path).training
        quantization = found.pop("quantization")
        assert found == (given or {}) and training == {"step": 3}
        assert quantization["precision"] == "int8"
        assert (quantization["recordings"], quantization["seconds"]) == (2, round(140 / 16000, 3))
        assert "GPTQ" in quantization["method"]


@QUANTIZED
def test_converting_a_voice_gives_what_its_checkpoint_gives(odd_voice, speech, precision, tmp_path):
    config, tensors = odd_voice
    source = saved(tmp_path / "checkpoint.safetensors", config, tensors)
    integers = dict(precision=precision, calibration=speech, calibration_seconds=1.25)
    direct = export.export_checkpoint(source, tmp_path / "direct.gguf", name="n", description="d", **integers)
    assert export.export_checkpoint(source, tmp_path / "f32.gguf", name="n", description="d") == ()
    converted = export.convert_voice(tmp_path / "f32.gguf", tmp_path / "converted.gguf", **integers)
    assert (tmp_path / "converted.gguf").read_bytes() == (tmp_path / "direct.gguf").read_bytes()
    assert converted == direct
    voice = export.read_voice(tmp_path / "converted.gguf")
    assert (voice.name, voice.description, voice.training["step"]) == ("n", "d", 1234)
    assert voice.training["quantization"]["seconds"] == 1.25
    export.convert_voice(tmp_path / "f32.gguf", tmp_path / "renamed.gguf", name="m", description="e", **integers)
    voice = export.read_voice(tmp_path / "renamed.gguf")
    assert (voice.name, voice.description) == ("m", "e")
    with pytest.raises(ValueError, match=f"renamed.gguf: precision is {precision}, must be f32"):
        export.convert_voice(tmp_path / "renamed.gguf", tmp_path / "again.gguf", **integers)


def test_recordings_go_with_integers(odd_voice, odd_recordings, speech, tmp_path):
    config, tensors = odd_voice
    source, path = saved(tmp_path / "checkpoint.safetensors", config, tensors), tmp_path / "voice.gguf"
    with pytest.raises(ValueError, match="recordings is missing: precision int8 is calibrated on recordings"):
        export.export_voice(config, tensors, path, name="v", precision="int8")
    with pytest.raises(ValueError, match="recordings is given, but precision f32 needs no recordings"):
        export.export_voice(config, tensors, path, name="v", recordings=odd_recordings)
    with pytest.raises(ValueError, match="calibration is missing: precision int16"):
        export.export_checkpoint(source, path, name="v", precision="int16")
    with pytest.raises(ValueError, match="calibration is given, but precision f32"):
        export.convert_voice("missing", path, calibration=speech)
    with pytest.raises(ValueError, match="precision is 'i8', must be one of f32, int16, int8"):
        export.export_checkpoint(source, path, name="v", precision="i8", calibration=speech)
    with pytest.raises(FileNotFoundError, match="nowhere: no such recording"):
        export.export_checkpoint(source, path, name="v", precision="int8", calibration=tmp_path / "nowhere")
    assert not path.exists()


def test_shipped_voice_is_still_what_its_tensors_export_to(tmp_path):
    """Files of float32 weights stay what they were, byte for byte."""
    from tf_wavenet import voices

    shipped = voices.default_voice_path("f32")
    voice, (config, tensors) = export.read_voice(shipped), export.read_tensors(shipped)
    metadata = dict(
        name=voice.name, description=voice.description, training=voice.training, temperature=voice.temperature
    )
    export.export_voice(config, tensors, tmp_path / "voice.gguf", **metadata)
    assert (tmp_path / "voice.gguf").read_bytes() == shipped.read_bytes()

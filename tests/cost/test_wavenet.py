"""The cost of a WaveNet: the talk's figures, and to the byte what a voice file and a state hold."""

import dataclasses

import pytest

from tf_wavenet import cost, export, native, voices
from tf_wavenet.bench import random_voice
from tf_wavenet.config import PRESETS, AudioConfig, VoiceConfig, WaveNetConfig, preset
from tf_wavenet.cost import WaveNetVocoder

PRECISIONS = list(cost.NUMBER_BYTES)
# No channel count is a multiple of another, of 16, or of a group of columns.
ODD = WaveNetConfig(
    layers=3,
    residual_channels=5,
    skip_channels=17,
    output_channels=18,
    dilation_cycle=2,
    conditioning_channels=3,
    conditioning_context=2,
)
MODELS = {
    **PRESETS,
    "odd": ODD,
    "speakers": dataclasses.replace(ODD, speakers=("a", "b", "c")),
    "one layer": dataclasses.replace(ODD, layers=1, skip_channels=1, output_channels=2, conditioning_context=0),
    "just above": WaveNetConfig(layers=15, residual_channels=33, skip_channels=65, output_channels=81),
}


def vocoder(model, sample_rate_hz=16000, hop_samples=200):
    return WaveNetVocoder(sizes=model, sample_rate_hz=sample_rate_hz, hop_samples=hop_samples)


def test_the_talks_formula_by_hand():
    """40 layers of 2 x 64 x 128 + 64 x 256, then 256 x 256 + 2 x 256 x 256; two FLOP each, 16,000 times a second."""
    large = vocoder(preset("large"))
    assert large.talk_multiply_adds == 40 * (16_384 + 16_384) + 65_536 + 131_072 == 1_507_328
    assert 2e-12 * 16_000 * large.talk_multiply_adds == pytest.approx(0.0482, abs=5e-5)


def test_what_the_talks_figure_counts():
    """0.055 TFLOP/s is the formula with the residual's matrix in each layer, at 16,384 Hz; as printed it is 0.049."""
    multiply_adds = vocoder(preset("large")).talk_multiply_adds
    assert round(2e-12 * 16_384 * (multiply_adds + 40 * 64**2), 3) == 0.055
    assert round(2e-12 * 16_384 * multiply_adds, 3) == 0.049


def test_multiply_adds_are_those_of_the_matrices_of_a_voice():
    for model in MODELS.values():
        streamed = [tensor for tensor in export.stored_tensors(model) if tensor.streamed]
        counted = sum(tensor.rows * tensor.cols for tensor in streamed if not tensor.name.endswith("bias"))
        assert vocoder(model).cost("f32").multiply_adds == counted
    large = vocoder(preset("large")).cost("f32")
    assert large.multiply_adds == vocoder(preset("large")).talk_multiply_adds + 39 * 64**2 - 256**2
    assert large.gflop_per_s(16_000) == pytest.approx(51.249, abs=1e-3)
    assert large.gflop_per_s(48_000) == pytest.approx(3 * large.gflop_per_s(16_000))


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_bytes_are_those_of_the_voice_file(model, precision):
    stored = export.stored_tensors(model, precision)
    counted = vocoder(model).cost(precision)
    assert counted.streamed_bytes == sum(tensor.bytes for tensor in stored if tensor.streamed)
    assert counted.voice_bytes == sum(tensor.bytes for tensor in stored) + 64  # The checksum.
    (out,) = (tensor for tensor in stored if tensor.name == "out")
    assert counted.weight_bytes == counted.multiply_adds * out.dtype.itemsize


@pytest.mark.parametrize("precision", PRECISIONS)
def test_bytes_are_those_of_the_shipped_voices(precision):
    path = voices.default_voice_path().with_name(f"default-{precision}.gguf")
    info, config = native.voice_info(path), export.read_config(path)
    counted = vocoder(config.model).cost(precision)
    assert info.precision == precision
    assert counted.streamed_bytes == info.weight_bytes_per_sample
    assert counted.state_bytes == info.state_bytes
    held = export.read_voice(path).tensors
    assert counted.voice_bytes == sum(tensor.bytes for tensor in held[:-1]) + 64
    assert path.stat().st_size - counted.voice_bytes < 16_384  # Keys and the list of tensors.


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", ["odd", "one layer", "just above"])
def test_bytes_are_those_that_the_engine_tells(tmp_path, name, precision):
    model = MODELS[name]
    config = VoiceConfig(audio=AudioConfig(hop_samples=4, mel_bands=model.conditioning_channels), model=model)
    random_voice.write(tmp_path / "voice.gguf", config, precision, name=name, seed=0)
    info = native.voice_info(tmp_path / "voice.gguf")
    counted = vocoder(model).cost(precision)
    assert (counted.streamed_bytes, counted.state_bytes) == (info.weight_bytes_per_sample, info.state_bytes)


def test_other_traffic_by_hand():
    """20 layers of 32: two embedding rows, two conditioning vectors, two x a layer; all of 1280 x 241 once a frame."""
    per_sample, frame = 4 * 2 * 32 + 4 * 2 * 20 * 64, 4 * 1280 * 241
    for precision, number_bytes in (("f32", 4), ("int16", 2), ("int8", 1)):
        counted = vocoder(preset("small"), hop_samples=100).cost(precision)
        assert counted.other_bytes == per_sample + number_bytes * 2 * 20 * 32 + frame / 100
        assert counted.traffic_bytes == counted.streamed_bytes + counted.other_bytes
        assert counted.traffic_gb_per_s(16_000) == pytest.approx(1.6e-5 * counted.traffic_bytes)
    assert vocoder(preset("small"), hop_samples=100).cost("int8").conditioning_multiply_adds == 1280 * 240 / 100


def test_wrong_values_are_refused():
    with pytest.raises(ValueError, match="hop_samples is 0, must be positive"):
        vocoder(ODD, hop_samples=0)
    with pytest.raises(ValueError, match="sample_rate_hz is -1, must be positive"):
        vocoder(ODD, sample_rate_hz=-1)
    with pytest.raises(ValueError, match="precision is 'bf16', must be one of f32, int16, int8"):
        vocoder(ODD).cost("bf16")

"""The cost of a SampleRNN by the talk's formula."""

import pytest

from tf_wavenet.cost import SampleRNNConfig, SampleRNNVocoder


def test_the_talks_figure():
    """3 layers x 16,000 samples x 6 x 1024^2 x 2 FLOP: about 0.6 TFLOP/s."""
    cost = SampleRNNVocoder().cost("f32")
    assert cost.gflop_per_s(16_000) == pytest.approx(3 * 16_000 * 6 * 1024**2 * 2 / 1e9)
    assert round(1e-3 * cost.gflop_per_s(16_000), 1) == 0.6


@pytest.mark.parametrize("precision, number_bytes", [("f32", 4), ("int16", 2), ("int8", 1)])
def test_bytes_by_hand(precision, number_bytes):
    vocoder = SampleRNNVocoder(sizes=SampleRNNConfig(layers=2, width=10), sample_rate_hz=8000)
    cost = vocoder.cost(precision)
    assert cost.multiply_adds == vocoder.talk_multiply_adds == 2 * 600
    assert cost.weight_bytes == cost.streamed_bytes == cost.voice_bytes == number_bytes * 1200
    assert (cost.state_bytes, cost.other_bytes, cost.conditioning_multiply_adds) == (80, 160, 0)


def test_wrong_values_are_refused():
    with pytest.raises(ValueError, match="SampleRNNConfig.width is 0"):
        SampleRNNConfig(width=0)
    with pytest.raises(ValueError, match="SampleRNNConfig.layers is 0"):
        SampleRNNConfig(layers=0)
    with pytest.raises(ValueError, match="sample_rate_hz is 0, must be positive"):
        SampleRNNVocoder(sample_rate_hz=0)
    with pytest.raises(ValueError, match="precision is 'f16'"):
        SampleRNNVocoder().cost("f16")

"""Which limit binds a step, and what speed that allows."""

import dataclasses

import pytest

from tf_wavenet.config import preset
from tf_wavenet.cost import Limits, SampleRNNVocoder, WaveNetVocoder, bound

LARGE = WaveNetVocoder(sizes=preset("large"), sample_rate_hz=16000, hop_samples=200).cost("int16")
# What a step of 5,000 multiply-adds streams.
STEP = dataclasses.replace(LARGE, multiply_adds=5000, streamed_bytes=8000)


def test_the_longer_of_the_two_binds():
    stream = bound(STEP, Limits(g_multiply_adds_per_s=5, gb_per_s=4))
    assert (stream.arithmetic_us, stream.stream_us) == (pytest.approx(1), pytest.approx(2))
    assert stream.bound_by == "stream" and stream.us_per_sample == stream.stream_us
    arithmetic = bound(STEP, Limits(g_multiply_adds_per_s=1, gb_per_s=4))
    assert arithmetic.bound_by == "arithmetic" and arithmetic.us_per_sample == pytest.approx(5)


def test_one_limit_is_enough():
    assert bound(STEP, Limits(g_multiply_adds_per_s=5)).bound_by == "arithmetic"
    assert bound(STEP, Limits(gb_per_s=4)).bound_by == "stream"
    assert bound(STEP, Limits(gb_per_s=4)).arithmetic_us is None
    assert bound(STEP, Limits()) is None


def test_multiples_of_real_time():
    least = bound(STEP, Limits(gb_per_s=4))  # 2 us, where a sample has 62.5.
    assert least.times_real_time(16_000) == pytest.approx(31.25)
    assert least.times_real_time(32_000) == pytest.approx(15.625)
    assert least.times_real_time(16_000, cores=3) == pytest.approx(93.75)


def test_the_talks_comparison():
    """Of one CPU core, 0.077 TFLOP/s: WaveNet "could plausibly even fit", SampleRNN needs eight of them."""
    core = Limits(g_multiply_adds_per_s=77 / 2)
    assert 1 < bound(LARGE, core).times_real_time(16_000) < 2
    assert 7 < 1 / bound(SampleRNNVocoder().cost("f32"), core).times_real_time(16_000) < 8


@pytest.mark.parametrize("value", [0.0, -1.0, float("inf"), float("nan")])
def test_wrong_limits_are_refused(value):
    with pytest.raises(ValueError, match="gb_per_s is .*, must be positive and finite"):
        Limits(gb_per_s=value)

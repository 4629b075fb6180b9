"""What the cost model measures: the given limits stay, the others are measured, none of them twice."""

import pytest

from tf_wavenet import native
from tf_wavenet.bench.cost_limits import CostLimits
from tf_wavenet.config import preset
from tf_wavenet.cost import Limits, WaveNetVocoder

SMALL = WaveNetVocoder(sizes=preset("small"), sample_rate_hz=16000, hop_samples=200)


@pytest.fixture
def calls(monkeypatch):
    """What was measured: bytes and precisions, in order."""
    made = []

    def measure_stream(num_bytes, *, isa, **_):
        made.append((num_bytes, isa))
        return num_bytes / 50e9

    def measure_multiply_adds(precision, *, isa, **_):
        made.append((precision, isa))
        return 60e9

    monkeypatch.setattr(native, "measure_stream", measure_stream)
    monkeypatch.setattr(native, "measure_multiply_adds", measure_multiply_adds)
    return made


def test_each_limit_is_measured_once(calls):
    meter = CostLimits("avx2")
    for precision in ("int16", "int8", "int16"):
        limits = meter(SMALL.cost(precision), Limits())
        assert limits.g_multiply_adds_per_s == pytest.approx(60) and limits.gb_per_s == pytest.approx(50)
    int16, int8 = SMALL.cost("int16").streamed_bytes, SMALL.cost("int8").streamed_bytes
    assert calls == [("int16", "avx2"), (int16, "avx2"), ("int8", "avx2"), (int8, "avx2")]


def test_what_is_given_is_not_measured(calls):
    cost = SMALL.cost("f32")
    assert CostLimits("avx2")(cost, Limits(g_multiply_adds_per_s=7, gb_per_s=9)) == Limits(
        g_multiply_adds_per_s=7, gb_per_s=9
    )
    assert calls == []
    assert CostLimits("avx2")(cost, Limits(gb_per_s=9)).gb_per_s == 9
    assert CostLimits("avx2")(cost, Limits(g_multiply_adds_per_s=7)).g_multiply_adds_per_s == 7
    assert calls == [("f32", "avx2"), (cost.streamed_bytes, "avx2")]


def test_the_engine_measures_positive_limits():
    limits = CostLimits(native.best_isa())(SMALL.cost("int8"), Limits())
    assert limits.g_multiply_adds_per_s > 0 and limits.gb_per_s > 0

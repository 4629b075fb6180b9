import dataclasses

import pytest

from tf_wavenet import native, ops
from tf_wavenet.bench import report, run, subject

_op = ops.generate
NAMES = ["naive", "cached", "cached+XLA", "fused"]


@pytest.fixture(scope="module")
def tiny(tiny_voice):
    return subject.voice_subject(tiny_voice, seconds=0.05, seed=1, isa="")


def test_every_rung_is_verified_and_timed(tiny):
    results = run.run(tiny, NAMES, repeats=2)
    assert [result.name for result in results] == NAMES
    assert results[0].agreement is None  # The oracle of all.
    for result in results[1:]:
        assert result.agreement.ok
    for result in results:
        timing = result.timing
        assert 0 < timing.min_us <= timing.median_us <= timing.max_us
        assert result.times_real_time == pytest.approx(1e6 / timing.median_us / 16000)
    assert results[-1].fraction_of_floor > 0 and results[0].floor is None
    text = report.table(results)
    assert all(name in text for name in NAMES)
    assert len({len(line) for line in text.splitlines()}) == 1
    assert "floor:" in report.floor_line(results, "avx2")
    assert len(report.as_dict(tiny, results, {"cpu": "x"})["rungs"]) == 4


def test_a_rung_that_disagrees_is_never_timed(tiny):
    tensors = {name: value.copy() for name, value in tiny.tensors.items()}
    # The references compute another model than the voice file holds, in the layer that looks back furthest.
    tensors["layers.3.prev.weight"] *= -5
    with pytest.raises(RuntimeError, match="fused disagrees with cached"):
        run.run(dataclasses.replace(tiny, tensors=tensors), ["fused"], repeats=1)


@pytest.fixture(scope="module", params=["int16", "int8"])
def tiny_integers(request, tmp_path_factory, tiny_config):
    folder = tmp_path_factory.mktemp(request.param)
    return subject.random_subject("tiny", tiny_config, folder, precision=request.param, seconds=0.05, seed=1)


def test_the_engine_equals_integers_and_the_loops_run_in_float32(tiny_integers):
    results = {r.name: r for r in run.run(tiny_integers, ["cached", "integers", "fused"], repeats=1)}
    assert results["cached"].oracle == "naive" and not results["cached"].exact
    assert results["integers"].oracle is None
    fused = results["fused"]
    assert fused.oracle == "integers" and fused.exact
    assert fused.agreement.max_logits_difference == 0 and fused.agreement.equal_draws == 1
    row = report.table(list(results.values())).splitlines()[-1]
    assert [cell.strip() for cell in row.split("|")[-4:-1]] == ["integers", "0", "100.00 % of 800"]
    assert report.as_dict(tiny_integers, list(results.values()), {})["precision"] == tiny_integers.precision


def test_an_engine_that_is_merely_close_to_integers_is_never_timed(tiny_integers, monkeypatch):
    """An engine that speaks with other nonlinearities than the reference is off by its last bits."""
    generate = native.generate
    monkeypatch.setattr(native, "generate", lambda *a, **k: generate(*a, **{**k, "nonlinearities": "rational"}))
    monkeypatch.setattr(ops, "generate", lambda *a, **k: _op(*a, **{**k, "nonlinearities": "rational"}))
    with pytest.raises(RuntimeError, match="fused disagrees with integers"):
        run.run(tiny_integers, ["fused"], repeats=1)


def test_nonlinearities_reach_engine_and_reference(tiny_integers):
    rational = dataclasses.replace(tiny_integers, nonlinearities="rational")
    (fused,) = run.run(rational, ["fused"], repeats=1)
    assert fused.agreement.max_logits_difference == 0
    with pytest.raises(ValueError, match="nonlinearities is 'libm', must be one of rational, fixed"):
        run.run(dataclasses.replace(tiny_integers, nonlinearities="libm"), ["fused"], repeats=1)


def test_bad_arguments(tiny, tiny_voice):
    with pytest.raises(ValueError, match="no rung of an f32 voice is called quick"):
        run.run(tiny, ["quick"], repeats=1)
    with pytest.raises(ValueError, match="no rung of an f32 voice is called integers"):
        run.run(tiny, ["integers"], repeats=1)
    with pytest.raises(ValueError, match="seconds is 0"):
        subject.voice_subject(tiny_voice, seconds=0, seed=0, isa="")

import dataclasses

import numpy as np
import pytest

from tf_wavenet.bench import report, run, subject

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


def test_random_subject_is_a_voice_of_its_size(tmp_path, tiny_config):
    made = subject.random_subject("tiny", tiny_config, tmp_path, seconds=0.1, seed=0, isa="")
    assert made.conditioning.shape == (20, 12) and made.samples.shape == (1600,)
    assert np.isfinite(made.conditioning).all() and made.uniforms.max() < 1
    assert made.voice_path.exists()


def test_bad_arguments(tiny, tiny_voice):
    with pytest.raises(ValueError, match="no rung is called quick"):
        run.run(tiny, ["quick"], repeats=1)
    with pytest.raises(ValueError, match="seconds is 0"):
        subject.voice_subject(tiny_voice, seconds=0, seed=0, isa="")

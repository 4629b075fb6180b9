"""The engine beside its floor: verified on every ISA, then timed; figures follow from each other."""

import dataclasses
import json

import numpy as np
import pytest

from tf_wavenet import native
from tf_wavenet.bench import floor, floor_run, floor_table, oracles, plain, streams, subject
from tf_wavenet.bench.timing import Timing

PRECISIONS = ["f32", "int16", "int8"]
ISAS = native.available_isas()


@pytest.fixture(scope="module")
def subjects(tmp_path_factory, tiny_config):
    folder = tmp_path_factory.mktemp("voices")
    inputs = dict(seconds=0.05, seed=1)
    return {p: subject.random_subject("tiny", tiny_config, folder, precision=p, **inputs) for p in PRECISIONS}


def test_meters_give_medians(monkeypatch):
    seconds, rates = iter([3e-6, 1e-6, 2e-6]), iter([1e9, 4e9, 2e9])
    monkeypatch.setattr(native, "measure_stream", lambda num_bytes, **_: next(seconds) if num_bytes == 128 else None)
    monkeypatch.setattr(native, "measure_multiply_adds", lambda precision, **_: next(rates))
    stream, arithmetic = floor.FloorMeter(100, "scalar"), floor.ArithmeticMeter(6000, "int8", "scalar")
    for _ in range(3):
        stream()
        arithmetic()
    assert stream.median().us_per_sample == pytest.approx(2 * 100 / 128)  # Whole cache lines were read.
    assert stream.median().gb_per_s == pytest.approx(0.064)
    assert arithmetic.median().us_per_sample == pytest.approx(3)


def row(stream_us=2.0, g_multiply_adds_per_s=5.0):
    return floor_run.IsaResult(
        isa="avx2",
        timing=Timing(median_us=4.0, min_us=3.0, max_us=9.0),
        times_real_time=15.6,
        floor=floor.Floor(bytes_per_sample=8000, us_per_sample=stream_us),
        arithmetic=floor.Arithmetic(multiply_adds_per_sample=5000, g_multiply_adds_per_s=g_multiply_adds_per_s),
    )


def test_figures_of_a_row():
    assert row().gb_per_s == pytest.approx(2.0)
    assert row().g_multiply_adds_per_s == pytest.approx(1.25)
    assert row().fraction_of_floor == pytest.approx(0.5)
    assert row().fraction_of_arithmetic == pytest.approx(0.25)
    assert row().bound_by == "stream"
    assert row(g_multiply_adds_per_s=2.0).bound_by == "arithmetic"


def test_every_voice_is_verified_and_timed_on_every_isa(subjects):
    results = floor_run.run(list(subjects.values()), ISAS, repeats=2)
    assert [result.subject.precision for result in results] == PRECISIONS
    for result in results:
        assert [r.isa for r in result.rows] == [*reversed(ISAS)]
        assert result.verified.isa == ISAS[-1] and result.verified.same_bits == ISAS[:-1]
        assert result.verified.agreement.steps == 2 * 80  # A frame that looks back 8 samples, and one more.
        for r in result.rows:
            assert 0 < r.timing.min_us <= r.timing.median_us <= r.timing.max_us
            assert r.times_real_time == pytest.approx(1e6 / r.timing.median_us / 16000)
            assert r.floor.bytes_per_sample == native.voice_info(result.subject.voice_path).weight_bytes_per_sample
    lines = floor_table.table(results).splitlines()
    assert len(lines) == 2 + 3 * len(ISAS) and len({len(line) for line in lines}) == 1
    said = [floor_table.verified_line(result) for result in results]
    assert "close to NumPy float32 in 160 samples" in said[0] and "equals IntegerReference in 160 samples" in said[2]
    content = json.loads(json.dumps(floor_table.as_dict(results, {"cpu": "x"})))
    assert [voice["precision"] for voice in content["voices"]] == PRECISIONS and content["machine"] == {"cpu": "x"}
    first = content["voices"][0]["rows"][0]
    assert first["bound_by"] in ("stream", "arithmetic") and first["floor"]["gb_per_s"] > 0


def test_what_is_slow_speaks_less(subjects, monkeypatch):
    """What takes long speaks one frame in a run; its time is still that of a sample."""
    monkeypatch.setattr(streams, "MAX_RUN_SECONDS", 1e-9)
    counts = []
    measure = streams.timing.measure
    monkeypatch.setattr(streams.timing, "measure", lambda *a: (counts.append(a[1]), measure(*a))[1])
    floor_run.run([subjects["f32"]], ISAS[-1:], repeats=1)
    assert counts == [80, 80]


@pytest.mark.parametrize("precision", PRECISIONS)
def test_an_engine_that_is_wrong_is_never_timed(subjects, precision, monkeypatch):
    """The engine speaks another voice than the oracle knows."""
    wrong = subjects["int16" if precision == "int8" else "int8"]
    engine = plain.engine
    monkeypatch.setattr(plain, "engine", lambda _, isa: engine(wrong, isa))
    with pytest.raises(RuntimeError, match=f"tiny {precision} on .* disagrees with"):
        floor_run.run([subjects[precision]], ISAS, repeats=1)


def test_float32_of_another_network_disagrees(subjects):
    tensors = {**subjects["f32"].tensors}
    tensors["layers.3.prev.weight"] = tensors["layers.3.prev.weight"] * np.float32(-5)
    with pytest.raises(RuntimeError, match="disagrees with NumPy float32"):
        oracles.verify(dataclasses.replace(subjects["f32"], tensors=tensors), ISAS)


@pytest.mark.skipif(len(ISAS) < 2, reason="this CPU has one ISA")
def test_an_isa_with_bits_of_its_own_is_never_timed(subjects, monkeypatch):
    engine = plain.engine

    class OneBitOff:
        """An engine whose last logit is off by a bit."""

        def __init__(self, subject, isa):
            self._engine = engine(subject, isa)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self._engine.close()

        def generate(self, *args, **kwargs):
            result = self._engine.generate(*args, **kwargs)
            result.logits.view(np.uint32)[0, -1, 0] ^= 1
            return result

    monkeypatch.setattr(plain, "engine", lambda s, isa: OneBitOff(s, isa) if isa == ISAS[0] else engine(s, isa))
    with pytest.raises(RuntimeError, match=f"tiny int8: the bits of {ISAS[0]} are not those of {ISAS[-1]}"):
        floor_run.run([subjects["int8"]], ISAS, repeats=1)


def test_nonlinearities_without_an_oracle_are_refused_before_anything_runs(subjects):
    voices = [dataclasses.replace(subjects[p], nonlinearities="libm") for p in ("f32", "int8")]
    with pytest.raises(ValueError, match="'libm', must be one of rational, fixed: .* of an int8 voice"):
        floor_run.run(voices, ISAS, repeats=1)
    assert oracles.verify(voices[0], ISAS[-1:]).agreement.ok
    assert oracles.verify(dataclasses.replace(subjects["int8"], nonlinearities="rational"), ISAS).exact

"""The ladder: every rung is verified, then timed; what cannot run says why; nothing wrong is timed."""

import dataclasses
import json

import numpy as np
import pytest

from tf_wavenet import native
from tf_wavenet.bench import blas, ladder, ladder_chart, ladder_table, subject

NAMES = [rung.name for rung in ladder.RUNGS]


@pytest.fixture(scope="module")
def subjects(tmp_path_factory, tiny_config):
    folder = tmp_path_factory.mktemp("voices")
    make = lambda p: subject.random_subject("tiny", tiny_config, folder, precision=p, seconds=0.1, seed=1)
    return {precision: make(precision) for precision in ladder.PRECISIONS}


@pytest.fixture(scope="module")
def results(subjects):
    return ladder.run(subjects, NAMES, repeats=1)


def test_every_rung_of_the_talk_has_its_row(results):
    assert [result.rung.name for result in results] == NAMES
    talk = [result.rung.name for result in results if "slower" in result.rung.talk or "faster" in result.rung.talk]
    assert talk == [
        *("naive", "cached", "OpenBLAS", "MKL", "own kernels", "approximations", "pinned", "overlay", "split", "int16")
    ]


def test_every_rung_is_verified_and_timed_or_says_why_not(results):
    for result in results:
        if result.missing:
            assert result.timing is None and ("not installed" in result.missing or "no avx" in result.missing)
            continue
        assert 0 < result.timing.min_us <= result.timing.median_us <= result.timing.max_us
        assert result.times_real_time == pytest.approx(1e6 / result.timing.median_us / 16000)
        if result.rung.name != "naive":  # The oracle of all.
            assert result.agreement.ok and result.verified
        if isinstance(result.rung, ladder.EngineRung):
            assert result.fraction_of_floor > 0
            if result.rung.precision != "f32":
                assert result.verified == "equals IntegerReference" and result.agreement.max_logits_difference == 0
    batches = [result.batch for result in results if result.batch > 1]
    assert batches == [4, 8, 16, 32]


def test_table_json_and_chart(results, tmp_path):
    lines = ladder_table.table(results).splitlines()
    assert len(lines) == 2 + len(NAMES) and len({len(line) for line in lines}) == 1
    assert "600-1000 x slower" in lines[2] and "equals IntegerReference" in lines[-1]
    measured = json.loads(json.dumps(ladder_table.as_dict(results, {"name": "tiny"}, {"cpu": "x"})))
    assert [rung["name"] for rung in measured["rungs"]] == NAMES
    chart = tmp_path / "ladder.png"
    ladder_chart.draw(results, 16000, "tiny", chart)
    assert chart.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" and chart.stat().st_size > 10000


def test_words_for_speeds():
    assert ladder_table.beside_real_time(1 / 1500) == "1,500 x slower"
    assert ladder_table.beside_real_time(0.5) == "2 x slower"
    assert ladder_table.beside_real_time(3.217) == "3.22 x faster"


def test_what_cannot_run_says_why(subjects, monkeypatch):
    monkeypatch.setattr(blas, "find", lambda name: None)
    monkeypatch.setattr(native, "available_isas", lambda: ("scalar", "avx2"))
    rows = ladder.run({"f32": subjects["f32"], "int16": subjects["int16"]}, ["MKL", "VNNI", "int8"], repeats=1)
    assert [row.missing for row in rows] == [
        "mkl is not installed: pip install tf-wavenet[blas]",
        "this CPU has no avx512vnni",
        "the model is no int8 voice",
    ]
    table = ladder_table.table(rows)
    assert "not run: this CPU has no avx512vnni" in table
    assert ladder_table.as_dict(rows, {}, {})["rungs"][0]["timing"] is None


@pytest.mark.parametrize("name, message", [("cached", "cached disagrees with naive"), ("own kernels", "plain engine")])
def test_float32_of_another_network_is_never_timed(subjects, name, message):
    tensors = {key: value.copy() for key, value in subjects["f32"].tensors.items()}
    if name == "own kernels":  # The references compute another model than the voice file holds.
        tensors["layers.3.prev.weight"] *= -5
        wrong = dataclasses.replace(subjects["f32"], tensors=tensors)
        with pytest.raises(RuntimeError, match="the plain engine disagrees with cached"):
            ladder.run({"f32": wrong}, [name], repeats=1)
        return
    rung = next(rung for rung in ladder.RUNGS if rung.name == "naive")
    make = lambda s: rung.make(
        dataclasses.replace(
            s,
            tensors={
                **tensors,
                "out.bias": tensors["out.bias"] + np.arange(tensors["out.bias"].size, dtype=np.float32),
            },
        )
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            ladder, "RUNGS", tuple(dataclasses.replace(r, make=make) if r is rung else r for r in ladder.RUNGS)
        )
        with pytest.raises(RuntimeError, match=message):
            ladder.run(subjects, [name], repeats=1)


def test_a_rung_with_bits_of_its_own_is_never_timed(subjects, monkeypatch):
    generate = native.Engine.generate

    def one_bit_off(self, conditioning, **arguments):
        result = generate(self, conditioning, **arguments)
        if self.plan().threads == 2:
            result.samples[0, 0] ^= 1
        return result

    monkeypatch.setattr(native.Engine, "generate", one_bit_off)
    with pytest.raises(RuntimeError, match="split: samples of utterance 0 of 1 are not those of one thread"):
        ladder.run(subjects, ["split"], repeats=1)


def test_unknown_rungs(subjects):
    with pytest.raises(ValueError, match="no rung is called quick; there are naive, cached"):
        ladder.run(subjects, ["quick"], repeats=1)

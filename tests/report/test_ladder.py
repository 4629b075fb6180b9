"""The ladder's bars."""

import copy
import json
import pathlib

import pytest

from tf_wavenet.bench.ladder import RUNGS
from tf_wavenet.report import ladder

README = pathlib.Path(__file__).parents[2] / "README.md"


@pytest.fixture
def published():
    return ladder.load()


def test_published_ladder_is_whole(published):
    bars = ladder.chart(published).bars
    assert [bar.name for bar in bars] == [rung.name for rung in RUNGS]
    assert {bar.kind for bar in bars} == {"reference", "f32", "int16", "int8"}


def test_published_ladder_is_that_of_the_readme(published):
    rows = {line.split("|")[1].strip(): line for line in README.read_text().splitlines() if line.startswith("| ")}
    for bar in ladder.chart(published).bars:
        assert f" {bar.us_per_sample:,.1f} " in rows[bar.name] and bar.beside_real_time in rows[bar.name]


def test_places_are_on_the_axis_in_order_of_time(published):
    chart = ladder.chart(published)
    by_time = sorted(chart.bars, key=lambda bar: bar.us_per_sample)
    assert [bar.end for bar in by_time] == sorted(bar.end for bar in by_time)
    assert all(0 <= place <= 100 for bar in chart.bars for place in (bar.end, bar.floor or 0))
    assert all(bar.floor < bar.end for bar in chart.bars if bar.floor is not None)
    for bar in chart.bars:
        assert ("faster" in bar.beside_real_time) == (bar.end < chart.real_time)
    assert (chart.ticks[0][0], chart.ticks[-1][0]) == (0, 100)


def test_rungs_that_did_not_run_are_named(published):
    published["rungs"][4] = {**published["rungs"][4], "missing": "MKL is not installed", "timing": None}
    chart = ladder.chart(published)
    assert chart.left_out == ["MKL"] and "MKL" not in [bar.name for bar in chart.bars]


@pytest.mark.parametrize("text", ["no json", "[]", "{}", '{"rungs": []}'])
def test_other_files_are_refused(tmp_path, text):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="other.json: not what"):
        ladder.load(path)
    with pytest.raises(FileNotFoundError, match="bench --ladder"):
        ladder.load(tmp_path / "missing.json")


def test_reads_what_bench_wrote(tmp_path, published):
    few = copy.deepcopy(published)
    few["rungs"] = few["rungs"][:2]
    path = tmp_path / "ladder.json"
    path.write_text(json.dumps(few))
    assert [bar.name for bar in ladder.chart(ladder.load(path)).bars] == ["naive", "cached"]

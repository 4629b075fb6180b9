import json
import math

import pytest

from tf_wavenet import evaluation
from tf_wavenet.config import VoiceConfig
from tf_wavenet.evaluation import Evaluated, Evaluation, Generation, Likelihood, Metric, report
from tf_wavenet.evaluation.table import Table

METRICS = {"stoi": Metric("STOI", None, ""), "mcd": Metric("MCD dB", None, "", digits=2)}


def evaluated(stoi, mcd, seconds=1.0, speed=2.0, bits=None, kl=(math.nan, math.nan, math.nan), equal=None):
    likelihood = None
    if bits is not None:
        likelihood = Likelihood(bits_per_sample=bits, kl_mean_nats=kl[0], kl_max_nats=kl[1], equal_draws=kl[2])
    metrics = {"stoi": stoi, "mcd": mcd}
    name = f"{seconds:g} s"
    return Evaluated(
        name=name, seconds=seconds, times_real_time=speed, metrics=metrics, likelihood=likelihood, equal=equal
    )


@pytest.fixture
def contenders(tiny_voice, rounded_voice):
    return [evaluation.load(tiny_voice), evaluation.load(rounded_voice)]


def evaluation_of(contenders, reference, schedules=()):
    """Codec, two voices, and a schedule of the second where one is asked for; sentences of 1 s and 3 s."""
    first, second = contenders
    systems = [evaluation.baseline("codec", VoiceConfig()), evaluation.voice(first), evaluation.voice(second)]
    results = [
        [evaluated(0.99, 1.0), evaluated(0.97, 2.0, 3.0)],
        [
            evaluated(0.90, 5.0, 1.0, 2.0, 3.0, (0.0, 0.0, 1.0)),
            evaluated(0.80, 5.2, 3.0, 1.0, 5.0, (0.0, 0.0, 1.0)),
        ],
        [
            evaluated(0.91, 9.0, 1.0, 2.0, 3.1, (0.1, 0.9, 1.0)),
            evaluated(math.nan, 9.3, 3.0, 1.0, 5.1, (0.5, 0.7, 0.6)),
        ],
    ]
    for schedule in schedules:
        systems.append(evaluation.scheduled(second, schedule))
        results.append([evaluated(0.91, 9.0, equal=True), evaluated(math.nan, 9.3, 3.0, equal=schedule != "split")])
    sentences = [evaluation.Sentence(None), evaluation.Sentence(None)]
    return Evaluation(
        systems=systems,
        sentences=sentences,
        metrics=METRICS,
        reference=reference,
        generation=Generation(seed=5),
        results=results,
    )


def test_likelihood_and_speed_are_weighed_by_length(contenders):
    measured = evaluation_of(contenders, contenders[0])
    found = measured.likelihood(2)
    assert found.bits_per_sample == pytest.approx((3.1 + 3 * 5.1) / 4)
    assert found.kl_mean_nats == pytest.approx(0.4) and found.kl_max_nats == 0.9
    assert found.equal_draws == pytest.approx(0.7)
    assert measured.bits_difference(2) == pytest.approx(0.1)
    assert measured.seconds(1) == 4.0 and measured.times_real_time(1) == pytest.approx(4.0 / 3.5)
    assert measured.likelihood(0) is None and math.isnan(measured.bits_difference(1))


def test_quality(contenders):
    measured = evaluation_of(contenders, contenders[0], ["split", "trail"])
    table = report.quality_table(measured)
    assert table.columns == ["system", "STOI", "MCD dB", "x real time", "equal"]
    # Of two values a and b the half interval is 12.706 |a - b| / 2.
    assert table.rows[:3] == [
        ["mu-law codec", "0.980 ± 0.127", "1.50 ± 6.35", "-", ""],
        ["tiny.gguf", "0.850 ± 0.635", "5.10 ± 1.27", "1.14", ""],
        ["rounded.gguf", "0.910", "9.15 ± 1.91", "1.14", ""],
    ]
    assert [row[-1] for row in table.rows[3:]] == ["NO", "yes"]
    assert "equal" not in report.quality_table(evaluation_of(contenders, None)).columns


def test_differences_and_whether_they_count(contenders):
    measured = evaluation_of(contenders, contenders[0])
    assert measured.within(2) == {"stoi": True, "mcd": False}
    table = report.difference_table(measured)
    assert table.columns == ["difference", "d STOI", "d MCD dB", "within CI"]
    # Of MCD's differences 4.0 and 4.1; STOI's has but one sentence.
    assert table.rows == [["rounded.gguf", "+0.010", "+4.05 ± 0.64", "all but MCD dB"]]
    assert report.difference_table(evaluation_of(contenders, None)) is None


def test_likelihoods(contenders):
    table = report.likelihood_table(evaluation_of(contenders, contenders[0]))
    assert table.rows == [
        ["tiny.gguf", "f32", "4.5000", "-", "0.00e+00", "0.00e+00", "100.00%"],
        ["rounded.gguf", "f32", "4.6000", "+0.1000", "4.00e-01", "9.00e-01", "70.00%"],
    ]


def test_sentences(contenders):
    measured = evaluation_of(contenders, contenders[0])
    table = report.sentence_table(measured, 2)
    assert table.columns == [
        "sentence", "seconds", "STOI", "MCD dB", "bits/sample", "KL mean", "KL max", "equal draws", "x real time"
    ]  # fmt: skip
    assert table.rows[1] == ["3 s", "3.00", "-", "9.30", "5.100", "5.00e-01", "7.00e-01", "60.00%", "1.00"]
    assert report.sentence_table(measured, 0).rows[0] == ["1 s", "1.00", "0.990", "1.00", "2.00"]


def test_notes(contenders):
    lines = report.notes(evaluation_of(contenders, contenders[0]))
    assert "voices speak freely with seed 5, temperature 1" in lines
    assert any(line.startswith("reference tiny.gguf;") for line in lines)
    assert "rounded.gguf: STOI has a value for 1 of 2" in lines
    assert any("no f32 reference" in line for line in report.notes(evaluation_of(contenders, None)))


def test_json(contenders):
    content = report.as_json(evaluation_of(contenders, contenders[0], ["split"]))
    content = json.loads(json.dumps(content, allow_nan=False))
    assert (content["seed"], content["reference"]) == (5, "tiny.gguf")
    codec, first, second, split = content["systems"]
    assert (codec["kind"], first["kind"], split["kind"], split["equal"]) == ("codec", "voice", "schedule", False)
    assert codec["metrics"]["mcd"] == {"mean": 1.5, "half_width": pytest.approx(6.353, abs=1e-3), "count": 2}
    assert second["metrics"]["stoi"] == {"mean": 0.91, "half_width": None, "count": 1}
    assert second["within_interval"] == {"stoi": True, "mcd": False}
    assert second["difference_to_reference"]["mcd"]["mean"] == pytest.approx(4.05)
    assert second["likelihood"]["bits_difference"] == pytest.approx(0.1)
    assert second["sentences"][1]["stoi"] is None and second["sentences"][1]["kl_max_nats"] == 0.7
    assert (first["difference_to_reference"], first["within_interval"]) == (None, None)
    assert (first["voice"], first["temperature"]) == (str(contenders[0].path), 1.0)


def test_a_table_lines_up():
    table = Table(["name", "x"], [["a", "1.5"], ["long one", "-"]])
    assert table.text().split("\n") == ["name        x", "-------------", "a         1.5", "long one    -"]

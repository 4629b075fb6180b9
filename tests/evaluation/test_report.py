import math

from tf_wavenet import evaluation
from tf_wavenet.evaluation import Evaluated, Likelihood, report

HEADINGS = {"stoi": "STOI"}


def test_the_line_of_what_cannot_be_measured():
    unmeasured = Evaluated("a", 0.1, 2.0, Likelihood(bits_per_sample=3.0), {"stoi": math.nan})
    line = report.means_line([unmeasured], HEADINGS, -3, 0.75)
    assert line == "mean STOI - over 0 of 1 sentence (seed -3, temperature 0.75)"


def test_voices_without_a_reference(tiny_voice, rounded_voice):
    contenders = [evaluation.load(tiny_voice), evaluation.load(rounded_voice)]
    result = Evaluated("a", 0.1, 2.0, Likelihood(bits_per_sample=3.0), {"stoi": 0.25})
    measured = report.Evaluation(contenders, None, [[result], [result]], HEADINGS)
    for line in report.summary(measured).splitlines()[2:]:
        assert line.split()[1:] == ["f32", "3.0000", "-", "-", "-", "-", "0.250", "-", "2.00"]
    assert "no f32 reference" in report.legend(measured, 0)
    content = report.as_json(measured)
    assert content["reference"] is None and content["voices"][0]["difference_to_reference"] is None
    assert content["voices"][0]["mean"]["kl_mean_nats"] is None

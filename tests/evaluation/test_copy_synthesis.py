import dataclasses
import math

import numpy as np
import pytest

from tf_wavenet import audio, evaluation, native
from tf_wavenet.evaluation import Evaluated, Likelihood


@pytest.fixture
def contenders(tiny_voice, rounded_voice):
    return [evaluation.load(tiny_voice), evaluation.load(rounded_voice)]


def test_each_voice_is_measured_on_its_own_speech(contenders, recording, tiny_config):
    sentence = evaluation.Sentence(recording(16000))
    heard = []

    def measure(original, synthesis, rate_hz):
        heard.append(synthesis)
        return float(np.abs(original - synthesis).mean())

    metrics = {"error": evaluation.Metric("error", measure, "numpy")}
    options = {"seed": 3, "temperature": 0.8}
    results = evaluation.evaluate(contenders, sentence, metrics, reference=contenders[0], **options)
    original = audio.read_wav(sentence.path, 16000)
    mel, levels = audio.log_mel(original, tiny_config.audio), audio.encode(original, 256)
    voices = [contender.voice for contender in contenders]
    likelihoods = evaluation.compare(voices, levels, mel, reference=voices[0], seed=3)
    for contender, result, likelihood, speech in zip(contenders, results, likelihoods, heard):
        spoken = native.generate(contender.voice, mel, **options).samples[0, : original.size]
        assert np.array_equal(speech, audio.decode(spoken, 256))
        assert (result.name, result.seconds, result.likelihood) == (sentence.name, 1.0, likelihood)
        assert result.metrics == {"error": float(np.abs(original - speech).mean())}
        assert result.times_real_time > 0
    assert results[0].likelihood.equal_draws == 1 > results[1].likelihood.equal_draws


def test_voices_that_do_not_fit_are_measured_alone(contenders, recording):
    tiny, rounded = contenders
    config = dataclasses.replace(
        rounded.config, audio=dataclasses.replace(rounded.config.audio, log_floor=1e-4)
    )  # It hears other features.
    stranger = dataclasses.replace(rounded, config=config)
    results = evaluation.evaluate([stranger, tiny], evaluation.Sentence(recording(3200)), {}, reference=tiny)
    assert math.isnan(results[0].likelihood.kl_mean_nats) and results[1].likelihood.kl_mean_nats == 0
    assert results[0].likelihood.bits_per_sample != results[1].likelihood.bits_per_sample


def evaluated(name, seconds, speed, bits, stoi, kl=(math.nan, math.nan, math.nan)):
    mean, maximum, equal = kl
    likelihood = Likelihood(bits_per_sample=bits, kl_mean_nats=mean, kl_max_nats=maximum, equal_draws=equal)
    return Evaluated(name, seconds, speed, likelihood, {"stoi": stoi})


def test_mean_weighs_what_is_measured_per_sample_by_length():
    results = [
        evaluated("a", 1.0, 2.0, 3.0, 0.5, (0.1, 0.9, 1.0)),
        evaluated("b", 3.0, 1.0, 5.0, math.nan, (0.5, 0.7, 0.6)),
    ]
    mean = evaluation.mean_of(results)
    assert (mean.name, mean.seconds, mean.metrics) == ("mean of 2", 4.0, {"stoi": 0.5})
    assert mean.times_real_time == pytest.approx(4.0 / 3.5)
    assert mean.likelihood.bits_per_sample == pytest.approx(4.5)
    assert mean.likelihood.kl_mean_nats == pytest.approx(0.4)
    assert mean.likelihood.kl_max_nats == 0.9
    assert mean.likelihood.equal_draws == pytest.approx(0.7)
    assert math.isnan(evaluation.mean_of(results[1:]).metrics["stoi"])


def test_differences_are_those_of_sentences_that_both_could_measure():
    ours = [evaluated("a", 1, 1, 1, 0.5), evaluated("b", 1, 1, 1, 0.9), evaluated("c", 1, 1, 1, math.nan)]
    theirs = [evaluated("a", 1, 1, 1, 0.6), evaluated("b", 1, 1, 1, math.nan), evaluated("c", 1, 1, 1, 0.1)]
    assert evaluation.metric_differences(ours, theirs) == {"stoi": pytest.approx(-0.1)}
    assert math.isnan(evaluation.metric_differences(ours[1:], theirs[1:])["stoi"])

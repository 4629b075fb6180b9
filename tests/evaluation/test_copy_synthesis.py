import dataclasses
import math

import numpy as np
import pytest

from tf_wavenet import audio, evaluation, export, native, spec


@pytest.fixture
def contenders(tiny_voice, rounded_voice):
    return [evaluation.load(tiny_voice), evaluation.load(rounded_voice)]


def error(original, synthesis, rate_hz):
    return float(np.abs(original - synthesis).mean())


METRICS = {"error": evaluation.Metric("error", error, "numpy")}


def test_each_voice_is_measured_on_its_own_speech(contenders, recording, tiny_config):
    sentence = evaluation.Sentence(recording(16000))
    measured = evaluation.evaluate_systems(
        evaluation.all_systems(contenders, baselines=()),
        [sentence],
        METRICS,
        reference=contenders[0],
        generation=evaluation.Generation(seed=3, temperature=0.8),
        keep_audio=True,
    )
    original = audio.read_wav(sentence.path, 16000)
    mel, levels = audio.log_mel(original, tiny_config.audio), audio.encode(original, 256)
    voices = [contender.voice for contender in contenders]
    likelihoods = evaluation.compare(voices, levels, mel, reference=voices[0], seed=3)
    np.testing.assert_array_equal(measured.originals[0], original)
    for contender, (result,), likelihood in zip(contenders, measured.results, likelihoods):
        spoken = native.generate(contender.voice, mel, seed=3, temperature=0.8).samples[0, : original.size]
        np.testing.assert_array_equal(result.audio, audio.decode(spoken, 256))
        assert (result.name, result.seconds, result.likelihood) == (sentence.name, 1.0, likelihood)
        assert result.metrics == {"error": error(original, result.audio, 16000)}
        assert result.times_real_time > 0 and result.equal is None
    assert measured.likelihood(0).equal_draws == 1 > measured.likelihood(1).equal_draws


def test_voices_that_do_not_fit_are_measured_alone(contenders, recording):
    tiny, rounded = contenders
    config = dataclasses.replace(
        rounded.config, audio=dataclasses.replace(rounded.config.audio, log_floor=1e-4)
    )  # It hears other features.
    stranger = dataclasses.replace(rounded, config=config)
    systems = evaluation.all_systems([stranger, tiny], baselines=())
    measured = evaluation.evaluate_systems(systems, [evaluation.Sentence(recording(3200))], METRICS, reference=tiny)
    assert math.isnan(measured.likelihood(0).kl_mean_nats) and measured.likelihood(1).kl_mean_nats == 0
    assert measured.likelihood(0).bits_per_sample != measured.likelihood(1).bits_per_sample
    assert measured.differences(0) is None and math.isnan(measured.bits_difference(0))
    assert measured.originals is None and measured.results[0][0].audio is None


def test_a_voice_speaks_at_its_own_temperature_and_loudness(tmp_path, tiny_config, recording):
    """A voice that knows loudness hears a faint recording louder, and its speech is brought back."""
    config = dataclasses.replace(
        tiny_config, audio=dataclasses.replace(tiny_config.audio, loudness_lufs=-16.0, preemphasis=0.5)
    )
    path = tmp_path / "cold.gguf"
    export.export_voice(config, spec.random_tensors(config.model, 0), path, name="cold", temperature=0.5)
    contender, sentence = evaluation.load(path), evaluation.Sentence(recording(8000))
    assert contender.temperature == 0.5
    measured = evaluation.evaluate_systems(
        [evaluation.voice(contender)], [sentence], METRICS, keep_audio=True, likelihoods=False
    )
    heard = evaluation.Recordings(sentence).of(config.audio)
    assert heard.gain != 1.0
    levels = native.generate(contender.voice, heard.mel, temperature=0.5).samples[0]
    expected = audio.to_audio(levels, config)[:8000] / heard.gain
    np.testing.assert_allclose(measured.results[0][0].audio, expected, rtol=1e-6)
    assert measured.likelihood(0) is None


def test_takes_are_the_mean_over_seeds(contenders, recording):
    systems = evaluation.all_systems(contenders[:1], baselines=["codec", "griffin-lim"], schedules=["single"])
    sentence = evaluation.Sentence(recording(3200))
    measure = lambda seed, takes=1: evaluation.evaluate_systems(
        systems,
        [sentence],
        METRICS,
        generation=evaluation.Generation(seed=seed, takes=takes),
        likelihoods=False,
        keep_audio=True,
    )
    alone, together = [measure(seed) for seed in (7, 8, 9)], measure(7, takes=3)
    for index, system in enumerate(systems):
        errors = [found.results[index][0].metrics["error"] for found in alone]
        result = together.results[index][0]
        assert (len(set(errors)) == 3) == (system.kind != "codec")
        assert result.metrics["error"] == pytest.approx(np.mean(errors))
        assert result.equal == (True if system.kind == "schedule" else None)
        np.testing.assert_array_equal(result.audio, alone[0].results[index][0].audio)


def test_takes_without_a_value_do_not_count(contenders, recording):
    values = iter([math.nan, 1.0, 3.0, math.nan, math.nan, math.nan])
    metrics = {"x": evaluation.Metric("x", lambda original, synthesis, rate_hz: next(values), "numpy")}
    measured = evaluation.evaluate_systems(
        [evaluation.voice(contenders[0])],
        [evaluation.Sentence(recording(3200))] * 2,
        metrics,
        generation=evaluation.Generation(takes=3, seed=(1 << 63) - 3),
        likelihoods=False,
    )
    first, second = measured.results[0]
    assert first.metrics["x"] == 2.0 and math.isnan(second.metrics["x"])


@pytest.mark.parametrize("wrong", [{"takes": 0}, {"takes": 4, "seed": (1 << 63) - 3}])
def test_takes_must_have_seeds(wrong):
    with pytest.raises(ValueError, match="takes is .*, must be positive, and leave seeds"):
        evaluation.Generation(**wrong)


def test_schedules_speak_as_their_voice(contenders, recording):
    systems = evaluation.all_systems(contenders[:1], ("codec",), native.SCHEDULES)
    assert [system.name for system in systems] == [
        "mu-law codec", "tiny.gguf", *(f"tiny.gguf, {schedule}" for schedule in native.SCHEDULES)
    ]  # fmt: skip
    sentence = evaluation.Sentence(recording(8000))
    measured = evaluation.evaluate_systems(
        systems, [sentence], METRICS, generation=evaluation.Generation(num_threads=2)
    )
    assert [measured.equal(index) for index in range(len(systems))] == [None, None, True, True, True, True]
    assert measured.likelihood(1) is not None and measured.likelihood(2) is None


def test_a_schedule_that_differs_is_measured_and_said(contenders, recording):
    tiny, _ = contenders
    voice = evaluation.voice(tiny)
    wrong = evaluation.scheduled(tiny, "trail")
    wrong = dataclasses.replace(wrong, speak=lambda *arguments: voice.speak(*arguments) + np.float32(0.25))
    sentence = evaluation.Sentence(recording(8000))
    measured = evaluation.evaluate_systems([voice, wrong], [sentence], METRICS)
    assert measured.equal(1) is False
    assert measured.results[1][0].metrics["error"] != measured.results[0][0].metrics["error"]


def test_schedules_that_there_are_not(contenders):
    with pytest.raises(ValueError, match="schedule is 'best', must be one of single, split, overlay, trail"):
        evaluation.scheduled(contenders[0], "best")


def test_each_sentence_is_spoken_by_its_speaker(speakers_voice, tiny_voice, recording):
    several, one = evaluation.load(speakers_voice), evaluation.load(tiny_voice)
    path = recording(8000)
    sentences = [evaluation.Sentence(path, speaker=name) for name in ("carl", "")]
    systems = evaluation.all_systems([several, one], baselines=())
    measured = evaluation.evaluate_systems(systems, sentences, METRICS, keep_audio=True)
    heard = evaluation.Recordings(sentences[0]).of(several.config.audio)
    levels = audio.to_levels(heard.waveform, several.config)
    for result, number in zip(measured.results[0], (2, 0)):
        spoken = native.generate(several.voice, heard.mel, speaker=number, temperature=0.8).samples[0]
        np.testing.assert_array_equal(result.audio, heard.as_recorded(audio.to_audio(spoken, several.config)))
        bits = evaluation.bits_per_sample(several.voice, levels, heard.mel, speaker=number)
        assert result.likelihood.bits_per_sample == bits
    # Of a voice of one speaker, whoever is asked for.
    np.testing.assert_array_equal(measured.results[1][0].audio, measured.results[1][1].audio)
    with pytest.raises(ValueError, match="speaker is 'dora', which the voice lacks"):
        evaluation.evaluate_systems(systems, [evaluation.Sentence(path, speaker="dora")], METRICS)

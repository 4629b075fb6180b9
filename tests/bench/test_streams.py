"""Batches on all cores: verified, then timed; figures follow from each other."""

import os

import numpy as np
import pytest

from tf_wavenet import native
from tf_wavenet.bench import models, plain, streams, streams_table, subject
from tf_wavenet.bench.floor import Arithmetic, Floor, Limits
from tf_wavenet.bench.timing import Timing
from tf_wavenet.config import VoiceConfig

ISA = native.best_isa()
CPUS = len(os.sched_getaffinity(0))


@pytest.fixture(scope="module")
def int8(tmp_path_factory, tiny_config):
    folder = tmp_path_factory.mktemp("voices")
    return subject.random_subject("tiny", tiny_config, folder, precision="int8", seconds=0.1, seed=1)


def run(subjects, batches, **options):
    return streams.run(subjects, batches, 2, **{"isa": ISA, "num_threads": 2, "schedule": "", **options})


def test_every_batch_is_verified_and_timed(int8):
    (result,) = run([int8], [1, 5])
    assert result.verified.exact and result.subject is int8
    for row, batch in zip(result.rows, (1, 5)):
        assert row.batch == batch and row.limits.threads == row.plan.teams * row.plan.threads <= 2
        assert (row.limits.handover_ns is None) == (row.limits.threads == 1 or CPUS == 1)
        assert 0 < row.timing.min_us <= row.timing.median_us <= row.timing.max_us
        assert row.times_real_time == pytest.approx(1e6 / row.timing.median_us / 16000)
    lines = streams_table.table([result]).splitlines()
    assert len(lines) == 4 and len({len(line) for line in lines}) == 1
    measured = streams_table.as_dict([result], {"cpu": "x"})
    assert [row["batch"] for row in measured["voices"][0]["rows"]] == [1, 5]


@pytest.mark.parametrize("schedule", native.SCHEDULES)
def test_a_schedule_may_be_asked_for(int8, schedule):
    (result,) = run([int8], [2], schedule=schedule)
    assert result.rows[0].plan.schedule == schedule


def test_figures_of_a_row():
    row = streams.BatchResult(
        batch=4,
        plan=native.Plan("single", 2, 1, 2),
        timing=Timing(median_us=4.0, min_us=3.0, max_us=9.0),
        times_real_time=15.6,
        limits=Limits(
            threads=2,
            floor=Floor(bytes_per_sample=8000, us_per_sample=6.0),
            arithmetic=Arithmetic(multiply_adds_per_sample=5000, g_multiply_adds_per_s=2.5),
            handover_ns=None,
        ),
    )
    assert row.fraction_of_floor == pytest.approx(1.5) and row.fraction_of_arithmetic == pytest.approx(0.5)
    assert row.limits.us_per_sample(1) == pytest.approx(6) and row.limits.us_per_sample(4) == pytest.approx(2)


def test_utterances_of_a_batch_differ(int8):
    inputs = plain.batch_inputs(int8, 3)
    assert len(set(inputs["num_frames"])) == 2 and len(set(inputs["temperature"])) == 3
    assert not np.array_equal(inputs["conditioning"][0], inputs["conditioning"][1])


@pytest.mark.parametrize("what", ["samples", "logits"])
def test_an_engine_with_bits_of_its_own_is_never_timed(int8, monkeypatch, what):
    generate = native.Engine.generate

    def one_bit_off(self, conditioning, **arguments):
        result = generate(self, conditioning, **arguments)
        if len(conditioning) == 3 and result.logits is not None:
            getattr(result, what).view(np.uint32).reshape(3, -1)[2, 0] ^= 1
        return result

    monkeypatch.setattr(native.Engine, "generate", one_bit_off)
    with pytest.raises(
        RuntimeError, match=f"tiny int8, Plan.*: {what} of utterance 2 of 3 are not those of one thread"
    ):
        run([int8], [3])


def test_models_are_presets_or_voices(tmp_path, tiny_voice):
    inputs = {"seconds": 0.02, "seed": 0}
    made = models.subjects("small", ["f32", "int8"], 48000, tmp_path, **inputs)
    assert [made[p].precision for p in made] == ["f32", "int8"]
    assert made["int8"].sample_rate_hz == 48000 and made["int8"].config.audio.hop_samples == 600
    assert models.subjects("small", ["f32"], None, tmp_path, **inputs)["f32"].sample_rate_hz == 16000
    (voice,) = models.subjects(str(tiny_voice), ["f32", "int8"], None, tmp_path, **inputs).values()
    assert voice.precision == "f32" and voice.sample_rate_hz == native.voice_info(tiny_voice).sample_rate_hz
    (as_if,) = models.subjects(str(tiny_voice), ["f32"], 8000, tmp_path, **inputs).values()
    assert as_if.sample_rate_hz == 8000 and as_if.config == voice.config
    with pytest.raises(ValueError, match="is an f32 voice, must be one of int16, int8"):
        models.subjects(str(tiny_voice), ["int16", "int8"], None, tmp_path, **inputs)


@pytest.mark.parametrize("rate", [1000, 8000, 22050, 44100, 192000])
def test_features_at_any_rate_are_valid(rate):
    audio = models.audio_at(rate)
    assert VoiceConfig(audio=audio).audio.sample_rate_hz == rate
    assert audio.hop_samples / rate == pytest.approx(0.0125, rel=0.05)

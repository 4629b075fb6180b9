"""The chain of oracles on the trained f32 voice and real speech: naive ~ cached ~ engine, engine = itself on every ISA
and by every schedule.

test_integer_chain.py goes on from here."""

import functools

import numpy as np
import pytest

import tf_wavenet
from tf_wavenet import audio, export, native, philox, voices
from tf_wavenet.bench import agreement
from tf_wavenet.reference import CachedReference, NaiveReference

SEED = 11
NAIVE_SAMPLES = 1200  # It computes some 2,000 positions for each: seconds.
CACHED_SAMPLES = 16000


@functools.cache
def speech():
    """One second of a test sentence: conditioning `[F, C]` and levels `[N]`."""
    config, _ = model()
    sentence = sorted(voices.test_sentences())[0]
    waveform = audio.read_wav(sentence, config.audio.sample_rate_hz)[8000 : 8000 + CACHED_SAMPLES]
    assert np.sqrt(np.mean(waveform**2)) > 0.01  # Speech, not a pause.
    return audio.log_mel(waveform, config.audio), audio.encode(waveform, config.model.output_channels)


@functools.cache
def model():
    return export.read_tensors(tf_wavenet.default_voice_path("f32"))


@functools.cache
def reference(kind, count):
    config, tensors = model()
    conditioning, levels = speech()
    uniforms = philox.uniforms(SEED, 0, count)
    result = kind(config, tensors).generate(conditioning[None], uniforms[None], forced=levels[None, :count])
    return result.logits, result.samples


def naive():
    return reference(NaiveReference, NAIVE_SAMPLES)


def cached():
    return reference(CachedReference, CACHED_SAMPLES)


@functools.cache
def engine():
    conditioning, levels = speech()
    voice = tf_wavenet.default_voice_path("f32")
    result = native.generate(voice, conditioning, seed=SEED, temperature=1.0, forced=levels[None], return_logits=True)
    return result.logits, result.samples


def first(result, count):
    return tuple(array[:, :count] for array in result)


@pytest.mark.parametrize(
    "name, result, oracle",
    [
        ("cached ~ naive", lambda: first(cached(), NAIVE_SAMPLES), lambda: naive()),
        ("engine ~ naive", lambda: first(engine(), NAIVE_SAMPLES), lambda: naive()),
        ("engine ~ cached", lambda: engine(), lambda: cached()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_teacher_forced_on_real_speech(name, result, oracle, measured):
    agreed = agreement.compare(*result(), *oracle())
    measured(f"{name}: {agreed}")
    assert agreed.max_logits_difference <= agreement.MAX_LOGITS_DIFFERENCE
    assert agreed.equal_draws >= agreement.MIN_EQUAL_DRAWS


@pytest.mark.parametrize("isa", native.available_isas())
def test_engine_gives_the_same_bits_on_every_isa(isa):
    conditioning, levels = speech()
    count = 20 if isa == "scalar" else len(conditioning)
    frames = conditioning[:count]
    forced = levels[None, : count * 200]
    best = native.generate(
        tf_wavenet.default_voice_path("f32"), frames, seed=SEED, temperature=1.0, forced=forced, return_logits=True
    )
    same = native.generate(
        tf_wavenet.default_voice_path("f32"),
        frames,
        seed=SEED,
        temperature=1.0,
        forced=forced,
        return_logits=True,
        isa=isa,
    )
    np.testing.assert_array_equal(same.logits.view(np.uint32), best.logits.view(np.uint32))
    np.testing.assert_array_equal(same.samples, best.samples)
    np.testing.assert_array_equal(same.state, best.state)


@pytest.mark.parametrize("num_threads", [2, 3])
@pytest.mark.parametrize("schedule", native.SCHEDULES)
def test_engine_gives_the_same_bits_by_every_schedule(schedule, num_threads):
    conditioning, levels = speech()
    voice = tf_wavenet.default_voice_path("f32")
    with native.Engine(voice, schedule=schedule, num_threads=num_threads) as other:
        result = other.generate(conditioning, seed=SEED, temperature=1.0, forced=levels[None], return_logits=True)
    logits, samples = engine()
    np.testing.assert_array_equal(result.logits.view(np.uint32), logits.view(np.uint32))
    np.testing.assert_array_equal(result.samples, samples)


def test_chunked_equals_whole():
    conditioning, _ = speech()
    voice = native.load_voice(tf_wavenet.default_voice_path("f32"))
    whole = native.generate(voice, conditioning, seed=SEED)
    state, pieces, done = None, [], 0
    for frames in (1, 2, 7, 30, len(conditioning) - 40):
        end = min(done + frames + voice.info.lookahead_frames, len(conditioning))
        chunk = conditioning[done:end]
        result = native.generate(voice, chunk, lookahead_frames=len(chunk) - frames, seed=SEED, state=state)
        pieces.append(result.samples[:, : frames * voice.info.hop_samples])
        state, done = result.state, done + frames
    assert done == len(conditioning)
    np.testing.assert_array_equal(np.concatenate(pieces, axis=1), whole.samples)
    np.testing.assert_array_equal(state, whole.state)


def test_each_row_is_its_speaker_s_by_every_oracle(speakers_voice, measured):
    """Random weights: naive ~ cached ~ engine for rows that differ by their speaker alone."""
    config, tensors = export.read_tensors(speakers_voice)
    hop, rng, speaker = config.audio.hop_samples, np.random.default_rng(3), [2, 0, 1]
    conditioning = np.repeat(rng.normal(size=(1, 3, config.model.conditioning_channels)), 3, axis=0).astype(np.float32)
    count = 3 * hop
    uniforms = np.tile(philox.uniforms(SEED, 0, count), (3, 1))
    forced = np.tile(rng.integers(0, config.model.output_channels, (1, count), np.int32), (3, 1))
    spoken = native.generate(
        speakers_voice, conditioning, seed=SEED, temperature=1.0, speaker=speaker, forced=forced, return_logits=True
    )
    assert np.abs(spoken.logits[0] - spoken.logits[1]).max() > 100 * agreement.MAX_LOGITS_DIFFERENCE
    for name, kind in {"naive": NaiveReference, "cached": CachedReference}.items():
        oracle = kind(config, tensors).generate(conditioning, uniforms, speaker=["carl", "", 1], forced=forced)
        agreed = agreement.compare(spoken.logits, spoken.samples, oracle.logits, oracle.samples)
        measured(f"engine ~ {name}, three speakers: {agreed}")
        assert agreed.max_logits_difference <= agreement.MAX_LOGITS_DIFFERENCE
        assert agreed.equal_draws >= agreement.MIN_EQUAL_DRAWS
        with pytest.raises(ValueError, match=r"speaker\[1\] is 3, must be in 0..2"):
            kind(config, tensors).generate(conditioning, uniforms, speaker=[0, 3, 0])

"""The chain of oracles of integer voices, every link an equality: NumPy reference = scalar = AVX2 = AVX-512 = VNNI =
any schedule and threads = any chunks = the op = the op in a reloaded SavedModel, samples and logits, on the shipped
voices and on random models.

Everything runs freely: one number that differs anywhere would soon be another utterance.
"""

import functools
import hashlib
import pathlib

import numpy as np
import pytest

from tf_wavenet import export, native, spec, voices
from tf_wavenet.config import AudioConfig, VoiceConfig, WaveNetConfig
from tf_wavenet.reference import IntegerReference
from tf_wavenet.training.data import Recording

PRECISIONS = ("int16", "int8")
GOLDEN = pathlib.Path(__file__).parent / "golden" / "integer_voices.npz"
LONG = 20_000  # Samples that are compared of each voice.


@functools.cache
def golden():
    with np.load(GOLDEN) as file:
        return {name: file[name] for name in file.files}


def sentence():
    """Conditioning `[100, 80]` of the shipped voices, and the seed."""
    return golden()["conditioning_256ths"].astype(np.float32) / 256, int(golden()["seed"])


@functools.cache
def spoken(precision, isa=""):
    mel, seed = sentence()
    result = native.generate(
        voices.default_voice_path(precision), mel, seed=seed, temperature=1.0, return_logits=True, isa=isa
    )
    assert result.samples.shape == (1, LONG)
    return result


def assert_same_bits(found, wanted):
    np.testing.assert_array_equal(found.view(np.uint32), wanted.view(np.uint32))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_shipped_voice_is_the_reference(precision):
    mel, seed = sentence()
    reference = IntegerReference(voices.default_voice_path(precision)).generate(mel[None], [seed])
    np.testing.assert_array_equal(spoken(precision).samples, reference.samples)
    assert_same_bits(spoken(precision).logits, reference.logits)


@pytest.mark.parametrize("isa", native.available_isas())
@pytest.mark.parametrize("precision", PRECISIONS)
def test_shipped_voice_is_the_same_on_every_isa(precision, isa, measured):
    result, best = spoken(precision, isa), spoken(precision)
    digest = hashlib.sha256(result.samples.astype("<i4").tobytes()).hexdigest()
    measured(f"{precision}, {isa}: {LONG} samples, sha256 {digest[:16]}")
    assert digest == str(golden()[f"{precision}_sha256"])
    np.testing.assert_array_equal(result.samples, best.samples)
    assert_same_bits(result.logits, best.logits)
    np.testing.assert_array_equal(result.state, best.state)


@pytest.mark.parametrize("num_threads", [2, 3])
@pytest.mark.parametrize("schedule", native.SCHEDULES)
@pytest.mark.parametrize("precision", PRECISIONS)
def test_shipped_voice_is_the_same_by_every_schedule(precision, schedule, num_threads):
    mel, seed = sentence()
    with native.Engine(voices.default_voice_path(precision), schedule=schedule, num_threads=num_threads) as engine:
        result = engine.generate(mel, seed=seed, temperature=1.0, return_logits=True)
    assert hashlib.sha256(result.samples.astype("<i4").tobytes()).hexdigest() == str(golden()[f"{precision}_sha256"])
    assert_same_bits(result.logits, spoken(precision).logits)
    np.testing.assert_array_equal(result.state, spoken(precision).state)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_shipped_voice_in_chunks_is_the_whole(precision):
    mel, seed = sentence()
    voice = native.load_voice(voices.default_voice_path(precision))
    state, samples, logits, done = None, [], [], 0
    for frames in (1, 2, 7, 30, 60):
        chunk = mel[done : done + frames + voice.info.lookahead_frames]
        result = native.generate(
            voice,
            chunk,
            lookahead_frames=len(chunk) - frames,
            seed=seed,
            temperature=1.0,
            state=state,
            return_logits=True,
        )
        samples.append(result.samples)
        logits.append(result.logits)
        state, done = result.state, done + frames
    assert done == len(mel)
    np.testing.assert_array_equal(np.concatenate(samples, axis=1), spoken(precision).samples)
    assert_same_bits(np.concatenate(logits, axis=1), spoken(precision).logits)
    np.testing.assert_array_equal(state, spoken(precision).state)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_shipped_voice_by_the_op(precision, tmp_path):
    import tensorflow as tf

    import tf_wavenet

    mel, seed = sentence()
    path = voices.default_voice_path(precision)

    class Speaker(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 80], tf.float32)], autograph=False)
        def speak(self, conditioning):
            result = tf_wavenet.generate(path, conditioning, seed=seed, temperature=1.0)
            return {"samples": result.samples, "state": result.state}

    tf.saved_model.save(Speaker(), str(tmp_path))
    for speak in (Speaker().speak, tf.saved_model.load(str(tmp_path)).speak):
        result = speak(tf.constant(mel))
        np.testing.assert_array_equal(result["samples"].numpy(), spoken(precision).samples)
        np.testing.assert_array_equal(result["state"].numpy(), spoken(precision).state)
    # The scoring op, forced with what was spoken, sees the same logits: its log-probabilities are their log-softmax.
    scored = tf_wavenet.score(path, mel, spoken(precision).samples, return_all=True)
    logits = spoken(precision).logits.astype(np.float64)
    log_probs = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    np.testing.assert_allclose(scored.all_log_probs.numpy(), log_probs, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(scored.state.numpy(), spoken(precision).state)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_shipped_voice_with_rational_nonlinearities_is_the_reference(precision):
    mel, seed = sentence()
    voice = voices.default_voice_path(precision)
    reference = IntegerReference(voice, "rational").generate(mel[None, :10], [seed])
    for isa in native.available_isas():
        result = native.generate(
            voice, mel[:10], seed=seed, temperature=1.0, return_logits=True, nonlinearities="rational", isa=isa
        )
        np.testing.assert_array_equal(result.samples, reference.samples)
        assert_same_bits(result.logits, reference.logits)
    assert (result.samples != spoken(precision).samples[:, :2000]).any()


def random_voice(path, precision, channels, cycles):
    """Writes a voice of odd sizes through the whole exporter, calibrated on noise."""
    model = WaveNetConfig(
        layers=3 * cycles,
        residual_channels=channels,
        skip_channels=channels + 1,
        output_channels=channels + 16,
        dilation_cycle=3,
        conditioning_channels=5,
        conditioning_context=channels % 2,
        upsampling=("linear", "repeat")[cycles % 2],
        embed_tanh=cycles == 2,
        speakers=("a", "b", "c"),
    )
    config = VoiceConfig(audio=AudioConfig(hop_samples=1, mel_bands=5), model=model)
    rng = np.random.default_rng(100 * channels + cycles)
    tensors = spec.random_tensors(model, channels)
    for name, tensor in tensors.items():
        if name.endswith("bias"):
            tensors[name] = rng.normal(0, 0.3, tensor.shape).astype(np.float32)
    levels = rng.integers(0, model.output_channels, config.audio.sample_rate_hz, np.int32)
    noise = Recording("noise", levels, rng.normal(size=(levels.size, 5)).astype(np.float32))
    export.export_voice(config, tensors, path, name="odd", precision=precision, recordings=[noise])
    return path


@pytest.mark.parametrize("cycles", [1, 2, 3])
@pytest.mark.parametrize("channels", [1, 15, 16, 17, 48, 80])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_random_voices_of_odd_sizes(precision, channels, cycles, tmp_path):
    """Hop 1: each sample has a frame of its own. Rows of a batch are utterances of their own: 10 of 2,000 samples."""
    import tensorflow as tf

    import tf_wavenet

    voice = random_voice(tmp_path / "voice.gguf", precision, channels, cycles)
    rows, count = 10, LONG // 10
    rng = np.random.default_rng(7)
    mel, seeds = rng.normal(size=(rows, count, 5)).astype(np.float32), np.arange(rows) - 3
    speaker = np.arange(rows) % 3
    reference = IntegerReference(voice).generate(mel, seeds, speaker=speaker)
    assert len(np.unique(reference.samples)) > 8  # It speaks, and does not hum.
    for isa in native.available_isas():
        result = native.generate(voice, mel, seed=seeds, speaker=speaker, return_logits=True, isa=isa)
        np.testing.assert_array_equal(result.samples, reference.samples, err_msg=isa)
        assert_same_bits(result.logits, reference.logits)
    split, ahead = 777, native.voice_info(voice).lookahead_frames
    for schedule in native.SCHEDULES:
        with native.Engine(voice, schedule=schedule, num_threads=2, max_lanes=4) as engine:
            asked = dict(seed=seeds, speaker=speaker, return_logits=True)
            first = engine.generate(mel[:, : split + ahead], lookahead_frames=ahead, **asked)
            rest = engine.generate(mel[:, split:], state=first.state, **asked)
        samples, logits = np.hstack([first.samples, rest.samples]), np.hstack([first.logits, rest.logits])
        np.testing.assert_array_equal(samples, reference.samples, err_msg=schedule)
        assert_same_bits(logits, reference.logits)
    by_op = tf_wavenet.generate(voice, tf.constant(mel), seed=tf.constant(seeds, tf.int64), speaker=speaker)
    np.testing.assert_array_equal(by_op.samples.numpy(), reference.samples)

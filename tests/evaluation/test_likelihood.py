import math

import numpy as np
import pytest

from tf_wavenet import evaluation, export, native, spec
from tf_wavenet.evaluation import likelihood

# Log-probabilities come rounded to float32: 2^-24 of each.
ROUNDING = 2.0**-24


def inputs(voice, num_samples):
    rng = np.random.default_rng(1)
    frames = -(-num_samples // voice.info.hop_samples)
    mel = rng.normal(size=(frames, voice.info.conditioning_channels)).astype(np.float32)
    return rng.integers(0, voice.info.output_channels, num_samples), mel


def whole_run(voice, levels, mel, **options):
    """Logits in float64 and draws of one forced run."""
    forced = np.zeros(len(mel) * voice.info.hop_samples, np.int32)
    forced[: levels.size] = levels
    result = native.generate(voice, mel, forced=forced, return_logits=True, **options)
    return result.logits[0, : levels.size].astype(np.float64), result.samples[0, : levels.size]


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def test_a_voice_that_knows_nothing_needs_log2_of_the_levels(tmp_path, tiny_config):
    tensors = spec.random_tensors(tiny_config.model, 0)
    tensors["out.weight"][:] = 0
    export.export_voice(tiny_config, tensors, tmp_path / "v.gguf", name="uniform")
    voice = native.load_voice(tmp_path / "v.gguf")
    assert evaluation.bits_per_sample(voice, *inputs(voice, 321)) == pytest.approx(8.0, rel=ROUNDING)


@pytest.mark.parametrize("chunk_frames", [1, 3, 8, 80])
def test_equals_softmax_of_one_whole_run_in_any_chunks(tiny_voice, rounded_voice, monkeypatch, chunk_frames):
    monkeypatch.setattr(likelihood, "CHUNK_FRAMES", chunk_frames)
    reference, voice = native.load_voice(tiny_voice), native.load_voice(rounded_voice)
    levels, mel = inputs(voice, 7 * 80 + 13)
    (expected_logits, expected_draws), (logits, draws) = (
        whole_run(each, levels, mel, seed=9) for each in (reference, voice)
    )
    p, q = softmax(expected_logits), softmax(logits)
    kl = (p * np.log(p / q)).sum(axis=1)
    ours, theirs = evaluation.compare([voice, reference], levels, mel, reference=reference, seed=9)
    bits = [-np.log2(each[np.arange(levels.size), levels]).mean() for each in (q, p)]
    assert ours.bits_per_sample == pytest.approx(bits[0], rel=ROUNDING)
    assert theirs.bits_per_sample == pytest.approx(bits[1], rel=ROUNDING)
    assert evaluation.bits_per_sample(voice, levels, mel) == ours.bits_per_sample
    # An error of 2^-24 |log q|, at most 1e-6 here, counts times a step's difference of distributions.
    assert ours.kl_mean_nats == pytest.approx(kl.mean(), rel=1e-4)
    assert ours.kl_max_nats == pytest.approx(kl.max(), rel=1e-4)
    assert ours.kl_max_nats > ours.kl_mean_nats > 0
    assert ours.equal_draws == np.mean(draws == expected_draws) and 0 < ours.equal_draws < 1


def test_a_voice_does_not_differ_from_itself(tiny_voice):
    reference, same = native.load_voice(tiny_voice), native.load_voice(tiny_voice)
    measured = evaluation.compare([reference, same], *inputs(same, 500), reference=reference)
    for each in measured:
        assert (each.kl_mean_nats, each.kl_max_nats, each.equal_draws) == (0.0, 0.0, 1.0)


def test_without_a_reference_nothing_is_compared(tiny_voice, rounded_voice):
    voices = [native.load_voice(tiny_voice), native.load_voice(rounded_voice)]
    measured = evaluation.compare(voices, *inputs(voices[0], 100))
    assert measured[0].bits_per_sample != measured[1].bits_per_sample
    for each in measured:
        assert all(map(math.isnan, (each.kl_mean_nats, each.kl_max_nats, each.equal_draws)))
    with pytest.raises(ValueError, match="reference is none of the voices"):
        evaluation.compare(voices[:1], *inputs(voices[0], 100), reference=voices[1])


def test_options_reach_the_engine(tiny_voice):
    voice = native.load_voice(tiny_voice)
    for wrong in ({"isa": "x87"}, {"nonlinearities": ["cubic"]}, {"num_threads": -1}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} is"):
            evaluation.compare([voice], *inputs(voice, 100), **wrong)


def log_softmax(logits):
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def test_small_divergences_survive_float32():
    """Of q = p (1 + d) KL is about d^2 / 2: far below the rounding of the logarithms that it is computed from."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, (200, 256))
    log_p, log_q = log_softmax(logits), log_softmax(logits + 1e-4 * rng.normal(size=logits.shape))
    exact = (np.exp(log_p) * (log_p - log_q)).sum(axis=1)
    assert exact.max() < 1e-7
    measured = evaluation.kl_nats(log_p.astype(np.float32), log_q.astype(np.float32))
    np.testing.assert_allclose(measured, exact, rtol=0.02)


def test_divergence_of_levels_that_one_voice_rules_out():
    lowest = np.finfo(np.float32).min
    one, half = np.array([[0.0, lowest]], np.float32), np.log(np.full((1, 2), 0.5, np.float32))
    assert evaluation.kl_nats(one, half)[0] == pytest.approx(math.log(2.0), rel=1e-6)
    assert evaluation.kl_nats(half, one)[0] > 1e37


def test_features_that_do_not_fit_the_recording(tiny_voice):
    voice = native.load_voice(tiny_voice)
    levels, mel = inputs(voice, 100)
    with pytest.raises(ValueError, match=r"levels has shape \[100\] and mel 1 frames, must be \[T\] and 2"):
        evaluation.bits_per_sample(voice, levels, mel[:1])

"""`native.score`: log-probabilities of given samples, held against the logits of the same run."""

import numpy as np
import pytest

from tf_wavenet import native

FRAMES, HOP, LEVELS = 6, 80, 256


@pytest.fixture(scope="module")
def voice(tiny_voice):
    return native.load_voice(tiny_voice)


@pytest.fixture(scope="module")
def mel(tiny_config):
    return np.random.default_rng(1).normal(size=(3, FRAMES, tiny_config.model.conditioning_channels)).astype(np.float32)


@pytest.fixture(scope="module")
def samples():
    return np.random.default_rng(2).integers(0, LEVELS, (3, FRAMES * HOP), np.int32)


@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_scores_are_the_log_softmax_of_the_logits(voice, mel, samples, temperature):
    scored = native.score(voice, mel, samples, temperature=temperature, return_all=True)
    forced = native.generate(voice, mel, forced=samples, return_logits=True)
    logits = forced.logits.astype(np.float64) / np.float32(temperature)
    expected = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    # float32's rounding of the result, and float64's of the two ways to compute it.
    np.testing.assert_allclose(scored.all_log_probs, expected, rtol=2.0**-24, atol=1e-13)
    assert scored.log_probs.dtype == np.float32
    assert np.array_equal(scored.log_probs, np.take_along_axis(scored.all_log_probs, samples[..., None], 2)[..., 0])
    assert np.array_equal(scored.state[:, 64:], forced.state[:, 64:])
    assert scored.draws is None


def test_draws_are_those_of_generate_with_the_same_levels_forced(voice, mel, samples):
    for seed in (None, 5, [1, 2, 3]):
        scored = native.score(voice, mel, samples, seed=seed, return_draws=True, temperature=0.8)
        forced = native.generate(voice, mel, forced=samples, seed=0 if seed is None else seed, temperature=0.8)
        assert np.array_equal(scored.draws, forced.samples)
    assert np.unique(scored.draws).size > 1
    assert scored.all_log_probs is None


@pytest.mark.parametrize("cuts", [[1], [1, 2, 3, 4, 5], [0, 0, 4]])
def test_chunks_equal_the_whole(voice, mel, samples, cuts):
    whole = native.score(voice, mel, samples, seed=[1, 2, 3], return_all=True, return_draws=True)
    parts, state = [], None
    for begin, end in zip([0, *cuts], [*cuts, FRAMES]):
        ahead = min(voice.info.lookahead_frames, FRAMES - end)
        part = native.score(
            voice,
            mel[:, begin : end + ahead],
            samples[:, begin * HOP : (end + ahead) * HOP],
            lookahead_frames=ahead,
            seed=[1, 2, 3],
            state=state,
            return_all=True,
            return_draws=True,
        )
        assert part.log_probs.shape == (3, (end - begin) * HOP)
        parts.append(part)
        state = part.state
    for name in ("log_probs", "all_log_probs", "draws"):
        joined = np.concatenate([getattr(part, name) for part in parts], axis=1)
        assert np.array_equal(joined, getattr(whole, name)), name
    assert np.array_equal(state, whole.state)


def test_padding_is_zero_and_its_samples_are_not_read(voice, mel, samples):
    padded = samples.copy()
    padded[1, 2 * HOP :] = -1
    padded[2] = 999
    scored = native.score(voice, mel, padded, num_frames=[FRAMES, 2, 0], return_all=True, return_draws=True)
    alone = native.score(voice, mel[1, :2], samples[1, : 2 * HOP], return_all=True)
    assert np.array_equal(scored.all_log_probs[1, : 2 * HOP], alone.all_log_probs[0])
    assert np.array_equal(scored.state[1], alone.state[0])
    for row, end in ((1, 2 * HOP), (2, 0)):
        assert not scored.log_probs[row, end:].any() and not scored.all_log_probs[row, end:].any()
        assert (scored.draws[row, end:] == voice.info.silence_level).all()
    assert (scored.log_probs[0] < 0).all()


@pytest.mark.parametrize("isa", native.available_isas())
def test_every_isa_gives_the_same_bits(voice, mel, samples, isa):
    reference = native.score(voice, mel, samples, isa="scalar", return_all=True)
    result = native.score(voice, mel, samples, isa=isa, num_threads=1, return_all=True, nonlinearities="rational")
    assert np.array_equal(result.all_log_probs, reference.all_log_probs)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"samples": None}, "samples is object, must be int32"),
        ({"samples": np.zeros(320)}, r"samples is float64, must be int32 \[B, F \* hop_samples\]"),
        ({"samples": np.zeros(319, np.int32)}, r"samples has shape \[1, 319\], must be \[1, 320\]"),
        ({"samples": np.full(320, 256, np.int32)}, r"forced sample \[0, 0\] is 256, must be in 0..255"),
        ({"conditioning": np.zeros((4, 13), np.float32)}, r"conditioning.shape\[2\] is 13.*12"),
        ({"temperature": 0.0}, r"temperature\[0\] is 0, must be positive"),
        ({"seed": 1 << 63}, "seed"),
        ({"state": np.zeros((1, 64), np.uint8)}, r"state has shape \[1, 64\], must be \[1, "),
        ({"isa": "sse9"}, "isa is 'sse9'"),
        ({"nonlinearities": "cubic"}, "nonlinearities is 'cubic', must be empty or one of libm,rational,fixed"),
        ({"nonlinearities": None}, "nonlinearities is None, must be a str: libm, rational, fixed or empty"),
    ],
)
def test_wrong_arguments_are_refused(voice, arguments, message):
    arguments = {"conditioning": np.zeros((4, 12), np.float32), "samples": np.zeros(320, np.int32), **arguments}
    with pytest.raises(ValueError, match=message):
        native.score(voice, **arguments)

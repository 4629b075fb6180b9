"""naive ~ cached ~ the training model: three ways to the same logits."""

import numpy as np
import pytest

from tf_wavenet import spec
from tf_wavenet.config import AudioConfig, VoiceConfig, WaveNetConfig
from tf_wavenet.models import WaveNet
from tf_wavenet.reference import CachedReference, NaiveReference

# Logits span about 4; float32 products of 20 to 60 terms in another order differ by some 1e-6.
LOGITS_TOLERANCE = 1e-5
SAMPLES, HOP, FRAMES = 290, 50, 6


def make(**model):
    config = VoiceConfig(
        audio=AudioConfig(hop_samples=HOP, mel_bands=11),
        model=WaveNetConfig(
            layers=7, dilation_cycle=4, residual_channels=17, skip_channels=30, conditioning_channels=11, **model
        ),
    )
    rng = np.random.default_rng(0)
    tensors = spec.random_tensors(config.model, seed=1)
    for name in tensors:
        if name.endswith("bias") or name == "conditioning.mean":
            tensors[name] = rng.normal(size=tensors[name].shape).astype(np.float32) * 0.1
    return config, tensors, rng.normal(size=(2, FRAMES, 11)).astype(np.float32), rng.random((2, SAMPLES), np.float32)


@pytest.mark.parametrize(
    "model",
    [
        {"upsampling": "linear"},
        {"upsampling": "repeat"},
        {"conditioning_context": 0, "embed_tanh": True},
        {"conditioning_context": 3, "output_channels": 33},
    ],
    ids=str,
)
def test_naive_cached_xla_and_model_agree(model):
    config, tensors, conditioning, uniforms = make(**model)
    naive = NaiveReference(config, tensors).generate(conditioning, uniforms)
    assert len(np.unique(naive.samples)) > 10  # They draw, rather than repeat themselves.
    for xla in (False, True):
        cached = CachedReference(config, tensors, xla=xla).generate(conditioning, uniforms)
        np.testing.assert_array_equal(cached.samples, naive.samples)
        np.testing.assert_allclose(cached.logits, naive.logits, atol=LOGITS_TOLERANCE)

    network = WaveNet(config)
    network.assign_tensors(tensors)
    levels = np.full((2, FRAMES * HOP + 1), config.model.silence_level, np.int32)
    levels[:, 2 : SAMPLES + 2] = naive.samples[:, : FRAMES * HOP - 1]
    edges = ((0, 0), (config.model.conditioning_context, config.model.lookahead_frames), (0, 0))
    forced = network({"levels": levels, "conditioning": np.pad(conditioning, edges, mode="edge")})
    np.testing.assert_allclose(np.asarray(forced)[:, :SAMPLES], naive.logits, atol=LOGITS_TOLERANCE)


def test_forced_samples_enter_the_history():
    config, tensors, conditioning, uniforms = make()
    reference = CachedReference(config, tensors)
    free = reference.generate(conditioning, uniforms)
    again = reference.generate(conditioning, uniforms, forced=free.samples)
    np.testing.assert_array_equal(again.samples, free.samples)
    other = reference.generate(conditioning, uniforms, forced=(free.samples + 1) % 256)
    assert not np.array_equal(other.logits[:, 1:], free.logits[:, 1:])
    naive = NaiveReference(config, tensors).generate(conditioning, uniforms, forced=(free.samples + 1) % 256)
    np.testing.assert_allclose(other.logits, naive.logits, atol=LOGITS_TOLERANCE)


def test_naive_begins_anywhere():
    config, tensors, conditioning, uniforms = make()
    reference = NaiveReference(config, tensors)
    forced = np.random.default_rng(5).integers(0, 256, (2, SAMPLES), np.int32)
    whole = reference.generate(conditioning, uniforms, forced=forced)
    for first in (1, 20, 230):
        part = reference.generate(conditioning, uniforms, forced=forced, first=first)
        np.testing.assert_array_equal(part.samples, whole.samples[:, first:])
        np.testing.assert_allclose(part.logits, whole.logits[:, first:], atol=LOGITS_TOLERANCE)
    for first, given in ((1, None), (SAMPLES, forced), (-1, forced)):
        with pytest.raises(ValueError, match=f"first is {first}, must be"):
            reference.generate(conditioning, uniforms, forced=given, first=first)


def test_low_temperature_draws_the_most_likely():
    config, tensors, conditioning, uniforms = make()
    result = CachedReference(config, tensors).generate(conditioning, uniforms, temperature=1e-4)
    np.testing.assert_array_equal(result.samples, result.logits.argmax(axis=-1))


def test_bad_arguments_are_named():
    config, tensors, conditioning, uniforms = make()
    reference = CachedReference(config, tensors)
    with pytest.raises(ValueError, match=r"conditioning has shape \[2, 6, 10\], must be \[B, F, 11\]"):
        reference.generate(conditioning[..., :10], uniforms)
    with pytest.raises(ValueError, match=r"uniforms has shape \[2, 301\], must be \[2, 1..300\]"):
        reference.generate(conditioning, np.zeros((2, 301)))
    with pytest.raises(ValueError, match="forced has shape"):
        reference.generate(conditioning, uniforms, forced=np.zeros((2, 3)))

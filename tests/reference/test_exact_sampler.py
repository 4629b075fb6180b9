"""The float32 sampler: the engine's draws, and a loop over levels."""

import numpy as np
import pytest

from tf_wavenet import native, philox
from tf_wavenet.reference import float32
from tf_wavenet.reference.exact_sampler import NOT_FINITE, draw


def loop(logits, u, temperature):
    """cc/engine/synth/sampler.cc, line by line."""
    e = float32.exp((logits - logits.max()) / temperature)
    e = np.concatenate([e, np.zeros(-len(e) % 16, np.float32)])
    prefix = []
    for block in e.reshape(-1, 16):
        total = np.float32(0)
        for value in block:
            total = total + value
        prefix.append(total if not prefix else total + prefix[-1])
    threshold = u * prefix[-1]
    block = 0
    while prefix[block] <= threshold:
        block += 1
    total = prefix[block - 1] if block else np.float32(0)
    last = 16 * block
    for level in range(16 * block, 16 * block + 16):
        total = total + e[level]
        if total > threshold:
            return level
        if e[level] > 0:
            last = level
    return last


@pytest.mark.parametrize("temperature", [0.3, 1.0, 1.7])
def test_draws_what_the_engine_drew(tiny_voice, tiny_config, temperature, measured):
    rng = np.random.default_rng(0)
    frames = rng.normal(size=(40, tiny_config.model.conditioning_channels)).astype(np.float32)
    spoken = native.generate(tiny_voice, frames, seed=5, temperature=temperature, return_logits=True)
    uniforms = philox.uniforms(5, 0, spoken.samples.shape[1])
    drawn = draw(spoken.logits[0], uniforms, np.float32(temperature))
    np.testing.assert_array_equal(drawn, spoken.samples[0])
    measured(f"sampler at temperature {temperature}: {len(drawn)} draws, {len(np.unique(drawn))} levels, all equal")
    assert len(np.unique(drawn)) > 20


@pytest.mark.parametrize("levels", [2, 16, 18, 256])
def test_sums_run_in_the_documented_order(levels):
    """Uniforms are chosen close to the thresholds, where another order of summation draws another level."""
    rng = np.random.default_rng(levels)
    logits = rng.normal(0, 2, (500, levels)).astype(np.float32)
    e = np.exp(logits.astype(np.float64))
    edges = np.cumsum(e, axis=1)[np.arange(500), rng.integers(0, levels - 1, 500)] / e.sum(axis=1)
    uniforms = np.minimum(edges + rng.integers(-2, 3, 500) * 2.0**-24, 1 - 2.0**-24)
    uniforms = (np.floor(uniforms * 2**24) * 2.0**-24).astype(np.float32)
    temperature = np.float32(1)
    expected = [loop(row, u, temperature) for row, u in zip(logits, uniforms)]
    np.testing.assert_array_equal(draw(logits, uniforms, temperature), expected)
    if levels > 16:
        e = float32.exp(logits - logits.max(axis=1, keepdims=True))
        in_level_order = np.argmax(np.cumsum(e, axis=1) > (uniforms * e.sum(axis=1))[:, None], axis=1)
        assert np.any(in_level_order != expected)


def test_logits_without_a_distribution():
    logits = np.zeros((5, 18), np.float32)
    logits[0, 3], logits[1, 0], logits[2], logits[3, 1:] = np.nan, np.inf, -np.inf, -np.inf
    drawn = draw(logits, np.full(5, 0.5, np.float32), np.float32(1))
    np.testing.assert_array_equal(drawn, [NOT_FINITE, NOT_FINITE, NOT_FINITE, 0, 9])

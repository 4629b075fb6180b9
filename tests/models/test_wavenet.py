import dataclasses

import numpy as np
import pytest

from tf_wavenet import spec
from tf_wavenet.models import WaveNet


def inputs(config, frames, seed=0):
    rng = np.random.default_rng(seed)
    model, hop = config.model, config.audio.hop_samples
    rows = model.conditioning_context + frames + model.lookahead_frames
    return {
        "levels": rng.integers(0, model.output_channels, (2, frames * hop + 1)).astype(np.int32),
        "conditioning": rng.normal(size=(2, rows, model.conditioning_channels)).astype(np.float32),
    }


def test_logits_depend_on_the_past_alone(tiny_config):
    model = WaveNet(tiny_config)
    batch = inputs(tiny_config, frames=2)
    before = np.asarray(model(batch))
    assert before.shape == (2, 160, 256)
    batch["levels"][:, 100] += 1
    batch["levels"] %= 256
    changed = np.any(np.asarray(model(batch)) != before, axis=(0, 2))
    # Level n of the input is sample n - 2, which prediction n - 1 is the first to see.
    assert not changed[:99].any() and changed[99]
    field = tiny_config.model.receptive_field_samples
    assert changed[99 + field - 1] and not changed[99 + field :].any()


def test_tensors_round_trip_and_are_checked(tiny_config):
    model = WaveNet(tiny_config, seed=1)
    other = spec.random_tensors(tiny_config.model, 2)
    model.assign_tensors(other)
    for name, value in model.numpy_tensors().items():
        np.testing.assert_array_equal(value, other[name])
    del other["out.bias"]
    with pytest.raises(ValueError, match="1 missing"):
        model.assign_tensors(other)


def test_everything_but_the_statistics_is_trained(tiny_config):
    trained = {variable.name for variable in WaveNet(tiny_config).trainable_variables}
    names = {tensor.name.replace(".", "_") for tensor in spec.tensor_specs(tiny_config.model)}
    assert names - trained == {"conditioning_mean", "conditioning_scale"}


def test_each_row_takes_the_biases_of_its_speaker(speakers_config):
    model, batch = WaveNet(speakers_config), inputs(speakers_config, frames=2)
    tensors, rng = model.numpy_tensors(), np.random.default_rng(4)
    for name, tensor in tensors.items():
        if name.endswith("cond.bias"):
            assert tensor.shape[0] == 3
            tensors[name] = rng.normal(size=tensor.shape).astype(np.float32)
    model.assign_tensors(tensors)
    batch = {name: np.repeat(value[:1], 4, axis=0) for name, value in batch.items()}
    logits = np.asarray(model({**batch, "speaker": np.array([2, 0, 1, 2], np.int32)}))
    assert not np.allclose(logits[0], logits[1], atol=1e-2) and not np.allclose(logits[0], logits[2], atol=1e-2)
    np.testing.assert_allclose(logits[0], logits[3], rtol=0, atol=1e-5)
    # The second speaker alone, as a voice of one.
    alone = {name: t[1:2] if name.endswith("cond.bias") else t for name, t in tensors.items()}
    single = WaveNet(
        dataclasses.replace(speakers_config, model=dataclasses.replace(speakers_config.model, speakers=()))
    )
    single.assign_tensors(alone)
    np.testing.assert_allclose(np.asarray(single(batch))[0], logits[2], rtol=0, atol=1e-5)
    np.testing.assert_allclose(np.asarray(model(batch))[0], logits[1], rtol=0, atol=1e-5)

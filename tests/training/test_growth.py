"""A grown network says what the smaller one says; what is new is random, but for what it gives to the old."""

import dataclasses

import numpy as np
import pytest

from tf_wavenet import spec
from tf_wavenet.config import AudioConfig, VoiceConfig, WaveNetConfig
from tf_wavenet.training.growth import grow

SMALL = WaveNetConfig(
    layers=3, residual_channels=5, skip_channels=7, output_channels=16, dilation_cycle=2, conditioning_channels=4
)
CASES = {
    "the same": {},
    "residual": {"residual_channels": 9},
    "skip": {"skip_channels": 12},
    "layers": {"layers": 6},
    "all": {"layers": 5, "residual_channels": 6, "skip_channels": 8},
}


def noisy(model: WaveNetConfig, seed: int) -> dict[str, np.ndarray]:
    """Random tensors whose biases are not zero."""
    rng = np.random.default_rng(seed)
    tensors = spec.random_tensors(model, seed)
    return {name: (value + rng.normal(0, 0.1, value.shape) ** 2).astype(np.float32) for name, value in tensors.items()}


def network(model: WaveNetConfig, tensors):
    from tf_wavenet.models import WaveNet

    bands = AudioConfig(mel_bands=model.conditioning_channels, hop_samples=4, window_samples=8, fft_size=8)
    built = WaveNet(VoiceConfig(audio=bands, model=model))
    built.assign_tensors(tensors)
    return built


def inputs(model: WaveNetConfig, seed: int):
    rng = np.random.default_rng(seed)
    return {
        "levels": rng.integers(0, model.output_channels, (2, 41)).astype(np.int32),
        "conditioning": rng.normal(0, 1, (2, 13, model.conditioning_channels)).astype(np.float32),
        "speaker": np.array([0, model.bias_rows - 1], np.int32),
    }


@pytest.mark.parametrize("sizes", CASES.values(), ids=CASES)
@pytest.mark.parametrize("speakers", [(), ("a", "b")], ids=["one", "two"])
@pytest.mark.parametrize("embed_tanh", [False, True])
def test_a_grown_network_says_the_same(sizes, speakers, embed_tanh):
    small = dataclasses.replace(SMALL, speakers=speakers, embed_tanh=embed_tanh)
    large = dataclasses.replace(small, **sizes)
    tensors = noisy(small, 1)
    grown = grow(tensors, small, large, seed=2)
    spec.check_tensors(large, grown)
    said, meant = network(large, grown)(inputs(small, 3)), network(small, tensors)(inputs(small, 3))
    np.testing.assert_allclose(np.asarray(said), np.asarray(meant), rtol=1e-5, atol=1e-5)
    if not sizes:
        for name, value in tensors.items():
            np.testing.assert_array_equal(grown[name], value)


def test_what_is_new_is_random_but_for_what_it_gives_to_the_old():
    large = dataclasses.replace(SMALL, layers=4, residual_channels=9, skip_channels=8)
    grown, fresh = grow(noisy(SMALL, 1), SMALL, large, seed=2), spec.random_tensors(large, 2)
    new = slice(5, 9)
    for name in ("layers.0.prev.weight", "layers.1.cur.weight"):
        for half in (slice(0, 5), slice(9, 14)):
            assert not grown[name][half, new].any()
        for half in (new, slice(14, 18)):
            np.testing.assert_array_equal(grown[name][half], fresh[name][half])
    assert not grown["relu.weight"][:, 7:].any()
    np.testing.assert_array_equal(grown["layers.0.skip.weight"][7:], fresh["layers.0.skip.weight"][7:])
    for name, old in (("layers.2.res.weight", 5), ("layers.3.skip.weight", 7)):
        assert not grown[name][:old].any()
    np.testing.assert_array_equal(grown["layers.3.prev.weight"], fresh["layers.3.prev.weight"])
    assert grown["layers.0.res.weight"][new].all()


@pytest.mark.parametrize(
    "sizes", [{"layers": 2}, {"residual_channels": 4}, {"output_channels": 32}, {"dilation_cycle": 3}]
)
def test_what_does_not_grow_is_refused(sizes):
    large = dataclasses.replace(SMALL, **sizes)
    with pytest.raises(ValueError, match="grows in layers, residual_channels, skip_channels alone") as refusal:
        grow(noisy(SMALL, 1), SMALL, large, seed=2)
    (name, value), *_ = sizes.items()
    assert str(refusal.value).endswith(f"alone, not in {name} from {getattr(SMALL, name)} to {value}")

"""Voices of odd sizes: no channel count is a multiple of another, or of 16."""

import numpy as np
import pytest

from tf_wavenet import spec
from tf_wavenet.config import AudioConfig, VoiceConfig, WaveNetConfig


def odd_config(**model):
    """A small config; `model` replaces fields of its `WaveNetConfig`."""
    sizes = dict(layers=3, residual_channels=5, skip_channels=17, output_channels=18, dilation_cycle=2)
    sizes |= dict(conditioning_channels=3, conditioning_context=1) | model
    audio = AudioConfig(hop_samples=4, mel_bands=sizes["conditioning_channels"])
    return VoiceConfig(audio=audio, model=WaveNetConfig(**sizes))


def dense_tensors(config, seed=0):
    """Random tensors in which nothing is zero, or one: biases, the conditioning's mean and scale are random too."""
    rng = np.random.default_rng(seed)
    tensors = spec.random_tensors(config.model, seed)
    for name, tensor in tensors.items():
        if name.endswith("bias") or name == "conditioning.mean":
            tensors[name] = rng.normal(0, 0.5, tensor.shape).astype(np.float32)
    tensors["conditioning.scale"] = rng.uniform(0.3, 3, tensors["conditioning.scale"].shape).astype(np.float32)
    return tensors


ODD_CONFIGS = {
    "odd": odd_config(),
    "one of each": odd_config(
        layers=1,
        residual_channels=1,
        skip_channels=1,
        output_channels=2,
        conditioning_channels=1,
        conditioning_context=0,
    ),
    "tanh, repeat": odd_config(embed_tanh=True, upsampling="repeat", conditioning_context=2),
    "just above a panel": odd_config(residual_channels=33, skip_channels=65, output_channels=81, layers=4),
    "aligned": odd_config(residual_channels=16, skip_channels=64, output_channels=256, conditioning_channels=16),
}


@pytest.fixture(params=ODD_CONFIGS.values(), ids=ODD_CONFIGS.keys())
def config(request):
    """Each of some odd configs."""
    return request.param


@pytest.fixture
def tensors(config):
    """Tensors of `config` in which nothing is zero."""
    return dense_tensors(config)


@pytest.fixture
def odd_voice():
    """Config and tensors of one small model, to be changed at will."""
    config = odd_config()
    return config, dense_tensors(config)

"""Voices of odd sizes: no channel count is a multiple of another, or of 16."""

import numpy as np
import pytest

from tf_wavenet import spec
from tf_wavenet.config import AudioConfig, VoiceConfig, WaveNetConfig
from tf_wavenet.training.data import Recording


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


def random_recordings(config, sizes=(103, 37), seed=3):
    """Recordings of random levels and features, of so many samples each; no size is a whole number of frames."""
    rng = np.random.default_rng(seed)
    recordings = []
    for i, samples in enumerate(sizes):
        levels = rng.integers(0, config.model.output_channels, samples).astype(np.int16)
        frames = -(-samples // config.audio.hop_samples)
        mel = rng.normal(-1, 2, (frames, config.audio.mel_bands)).astype(np.float32)
        recordings.append(Recording(f"random {i}", levels, mel))
    return recordings


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


@pytest.fixture
def recordings(config):
    """A few recordings to calibrate `config` on."""
    return random_recordings(config)


@pytest.fixture
def odd_recordings(odd_voice):
    """The same for `odd_voice`."""
    return random_recordings(odd_voice[0])

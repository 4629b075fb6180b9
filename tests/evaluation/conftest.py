"""Voices near to each other: the tiny one, and the same with its weights rounded to a grid."""

import numpy as np
import pytest

from tf_wavenet import export, spec


@pytest.fixture(scope="session")
def rounded_voice(tmp_path_factory, tiny_config):
    """Path of `tiny_voice` with matrices rounded to 32 steps."""
    tensors = spec.random_tensors(tiny_config.model, 0)
    for name, values in tensors.items():
        if values.ndim >= 2 and values.any():
            step = np.abs(values).max() / 16
            tensors[name] = (np.round(values / step) * step).astype(np.float32)
    path = tmp_path_factory.mktemp("voice") / "rounded.gguf"
    export.export_voice(tiny_config, tensors, path, name="rounded")
    return path

import numpy as np
import pytest

from tf_wavenet import spec
from tf_wavenet.config import WaveNetConfig

CONFIG = WaveNetConfig(layers=2, residual_channels=3, skip_channels=5, output_channels=7, conditioning_channels=4)


def test_weights_add_up_to_the_cost_model():
    counted = sum(
        int(np.prod(tensor.shape))
        for tensor in spec.tensor_specs(CONFIG)
        if tensor.name.endswith("weight") and ".cond." not in tensor.name
    )
    assert counted == CONFIG.weights_per_sample


def test_last_layer_has_no_residual_product():
    names = [tensor.name for tensor in spec.tensor_specs(CONFIG)]
    assert "layers.0.res.weight" in names and "layers.1.res.weight" not in names


def test_random_tensors_fit_and_repeat():
    tensors = spec.random_tensors(CONFIG, 3)
    spec.check_tensors(CONFIG, tensors)
    again = spec.random_tensors(CONFIG, 3)
    assert all(np.array_equal(tensors[name], again[name]) for name in tensors)


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda t: t.pop("out.bias"), r"1 missing \(first \['out.bias'\]\)"),
        (lambda t: t.update(extra=np.zeros(1, np.float32)), r"1 unexpected \(first \['extra'\]\)"),
        (
            lambda t: t.update({"out.bias": np.zeros(8, np.float32)}),
            r"out.bias has shape \[8\], the config wants \[7\]",
        ),
        (lambda t: t.update({"out.bias": np.zeros(7)}), "out.bias is float64"),
        (lambda t: t["relu.weight"].fill(np.nan), "relu.weight holds 35 values that are not finite"),
        (lambda t: t["conditioning.scale"].fill(0), "conditioning.scale must be positive"),
    ],
)
def test_misfits_are_named(change, message):
    tensors = spec.random_tensors(CONFIG, 0)
    change(tensors)
    with pytest.raises(ValueError, match=message):
        spec.check_tensors(CONFIG, tensors)

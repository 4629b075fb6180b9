import numpy as np
import pytest

from tf_wavenet.config import preset
from tf_wavenet.export import stored_tensors


def test_small_preset_is_the_table_of_voice_h():
    tensors = stored_tensors(preset("small"))  # 20 layers, r 32, s 128, a 256, C 80, k 1
    assert [(tensor.name, tensor.shape) for tensor in tensors] == [
        ("embed.prev", (256, 32)),
        ("embed.cur", (256, 32)),
        ("skip.bias", (128,)),
        *((f"layers.{i}.res.bias", (32,)) for i in range(19)),
        ("relu.bias", (256,)),
        ("out.bias", (256,)),
        *((f"layers.{i}.prev", (64, 32)) for i in range(20)),
        *(
            (f"layers.{i}.{name}", shape)
            for i in range(20)
            for name, shape in (("cur", (64, 32)), ("res", (32, 32)), ("skip", (128, 32)))
            if (i, name) != (19, "res")
        ),
        ("relu", (256, 128)),
        ("out", (256, 256)),
        ("cond", (1280, 240)),
        ("cond.bias", (1280,)),
    ]


def test_padding_starts_each_half_of_a_gate_aligned(config):
    for tensor in stored_tensors(config.model):
        assert tensor.size * 4 % 64 == 0
        assert tensor.rows % tensor.groups == 0
    r, layers = config.model.residual_channels, config.model.layers
    groups = {tensor.name: tensor.groups for tensor in stored_tensors(config.model)}
    assert groups["layers.0.prev"] == groups["layers.0.cur"] == 2
    assert groups["cond"] == groups["cond.bias"] == 2 * layers
    padded = -(-r // 16) * 16
    assert {t.name: t.shape for t in stored_tensors(config.model)}["cond.bias"] == (2 * layers * padded,)


INTEGERS = {"int16": np.int16, "int8": np.int8}


@pytest.mark.parametrize("precision", INTEGERS)
def test_integer_tensors_are_the_table_of_voice_h(precision):
    tensors = stored_tensors(preset("small"), precision)
    names = [tensor.name for tensor in tensors]
    floats = [tensor.name for tensor in stored_tensors(preset("small"))]
    scales = {
        "act.inverse_scale": (32,),  # 20 + 2, padded
        **{f"layers.{i}.gate.scale": (64,) for i in range(20)},
        **{f"layers.{i}.res.scale": (32,) for i in range(19)},
        **{f"layers.{i}.skip.scale": (128,) for i in range(20)},
        "relu.scale": (256,),
        "out.scale": (256,),
        "cond.scale": (1280,),
    }
    assert {tensor.name: tensor.shape for tensor in tensors if tensor.name not in floats} == scales
    assert [name for name in names if name not in scales] == floats
    assert names[:8] == [
        "act.inverse_scale",
        "embed.prev",
        "embed.cur",
        "skip.bias",
        "layers.0.gate.scale",
        "layers.0.res.scale",
        "layers.0.res.bias",
        "layers.0.skip.scale",
    ]
    assert names[-3:] == ["cond.scale", "cond", "cond.bias"]
    end = names.index("layers.0.prev")
    assert names[end - 6 : end] == [
        "layers.19.gate.scale",
        "layers.19.skip.scale",
        "relu.scale",
        "relu.bias",
        "out.scale",
        "out.bias",
    ]


@pytest.mark.parametrize("precision", INTEGERS)
def test_only_matrices_are_integers(config, precision):
    floats = {tensor.name: tensor for tensor in stored_tensors(config.model)}
    for tensor in stored_tensors(config.model, precision):
        parts = tensor.name.split(".")
        is_matrix = (
            tensor.name in ("relu", "out") or parts[0] == "layers" and parts[-1] in ("prev", "cur", "res", "skip")
        )
        dtype = np.int16 if tensor.name == "cond" else INTEGERS[precision] if is_matrix else np.float32
        assert tensor.dtype == dtype
        assert tensor.bytes == tensor.size * tensor.dtype.itemsize and tensor.bytes % 64 == 0
        if tensor.name in floats:
            assert (tensor.rows, tensor.cols, tensor.groups) == tuple(
                getattr(floats[tensor.name], field) for field in ("rows", "cols", "groups")
            )
        else:
            assert tensor.name == "act.inverse_scale" or tensor.name.endswith(".scale")
            assert tensor.streamed == (tensor.name not in ("act.inverse_scale", "cond.scale"))


def test_columns_are_padded_to_whole_groups():
    from tf_wavenet.config import WaveNetConfig

    model = WaveNetConfig(layers=2, residual_channels=5, skip_channels=17, output_channels=18)
    shapes = {
        precision: [
            tensor.shape for tensor in stored_tensors(model, precision) if tensor.name in ("relu", "layers.0.res")
        ]
        for precision in ("f32", "int16", "int8")
    }
    assert shapes == {
        "f32": [(16, 5), (32, 17)],
        "int16": [(16, 6), (32, 18)],
        "int8": [(16, 8), (32, 20)],
    }


def test_refuses_what_is_not_stored_so():
    res = next(tensor for tensor in stored_tensors(preset("small"), "int8") if tensor.name == "layers.0.res")
    with pytest.raises(ValueError, match=r"layers.0.res is float32 \[32, 32\], must be int8 \[32, 32\]"):
        res.pack(np.zeros((32, 32), np.float32))
    with pytest.raises(ValueError, match=r"layers.0.res is int8 \[32, 31\], must be int8 \[32, 32\]"):
        res.pack(np.zeros((32, 31), np.int8))
    with pytest.raises(ValueError, match="precision is 'i8', must be one of f32, int16, int8"):
        stored_tensors(preset("small"), "i8")

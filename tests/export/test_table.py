from tf_wavenet.config import preset
from tf_wavenet.export import stored_tensors


def test_small_preset_is_the_table_of_voice_h():
    tensors = stored_tensors(preset("small"))  # 20 layers, r 32, s 128, a 256, C 80, k 1
    assert [(tensor.name, tensor.shape) for tensor in tensors[:8]] == [
        ("embed.prev", (256, 32)),
        ("embed.cur", (256, 32)),
        ("skip.bias", (128,)),
        ("layers.0.prev", (64, 32)),
        ("layers.0.cur", (64, 32)),
        ("layers.0.res", (32, 32)),
        ("layers.0.res.bias", (32,)),
        ("layers.0.skip", (128, 32)),
    ]
    assert [(tensor.name, tensor.shape) for tensor in tensors[-9:]] == [
        ("layers.19.prev", (64, 32)),
        ("layers.19.cur", (64, 32)),
        ("layers.19.skip", (128, 32)),
        ("relu", (256, 128)),
        ("relu.bias", (256,)),
        ("out", (256, 256)),
        ("out.bias", (256,)),
        ("cond", (1280, 240)),
        ("cond.bias", (1280,)),
    ]
    assert len(tensors) == 3 + 20 * 5 - 2 + 6


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

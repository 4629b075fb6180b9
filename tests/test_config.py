import dataclasses
import json

import pytest

from tf_wavenet.config import PRESETS, AudioConfig, VoiceConfig, WaveNetConfig, preset


def test_round_trip_through_json():
    config = VoiceConfig(audio=AudioConfig(hop_samples=256), model=WaveNetConfig(layers=7, upsampling="repeat"))
    assert VoiceConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize(
    "config_class, field, value",
    [
        (AudioConfig, "sample_rate_hz", 0),
        (AudioConfig, "hop_samples", 1.5),
        (AudioConfig, "hop_samples", True),
        (AudioConfig, "window_samples", 2048),
        (AudioConfig, "mel_max_hz", 9000.0),
        (AudioConfig, "mel_min_hz", 7600.0),
        (AudioConfig, "log_floor", float("nan")),
        (WaveNetConfig, "layers", 0),
        (WaveNetConfig, "residual_channels", -1),
        (WaveNetConfig, "output_channels", 1),
        (WaveNetConfig, "dilation_cycle", 17),
        (WaveNetConfig, "upsampling", "cubic"),
        (WaveNetConfig, "embed_tanh", 1),
        (VoiceConfig, "audio", None),
    ],
)
def test_bad_values_name_the_field(config_class, field, value):
    with pytest.raises(ValueError, match=f"{config_class.__name__}.{field} is "):
        config_class(**{field: value})


def test_unknown_keys_are_refused():
    with pytest.raises(ValueError, match="no field layer"):
        WaveNetConfig.from_dict({"layer": 3})


def test_only_mappings_are_configs():
    for values in ([], None, 3):
        with pytest.raises(ValueError, match="WaveNetConfig is built from a mapping"):
            WaveNetConfig.from_dict(values)


def test_channels_must_agree():
    with pytest.raises(ValueError, match="conditioning_channels is 40"):
        VoiceConfig(model=WaveNetConfig(conditioning_channels=40))


def test_presets_are_deep_voices_sizes():
    sizes = {name: (m.layers, m.residual_channels, m.skip_channels) for name, m in PRESETS.items()}
    assert sizes == {"small": (20, 32, 128), "medium": (20, 64, 128), "large": (40, 64, 256)}
    with pytest.raises(ValueError, match="small, medium, large"):
        preset("huge")


def test_derived_values():
    config = WaveNetConfig(layers=3, dilation_cycle=2, conditioning_context=2)
    assert config.dilations == (1, 2, 1)
    assert config.receptive_field_samples == 6
    assert config.lookahead_frames == 3
    assert dataclasses.replace(config, upsampling="repeat").lookahead_frames == 2
    r, s, a = 32, 128, 256
    assert config.weights_per_sample == 3 * (4 * r * r + r * s) + 2 * r * r + a * s + a * a

import numpy as np
import pytest

from tf_wavenet import spec
from tf_wavenet.config import VoiceConfig, WaveNetConfig
from tf_wavenet import checkpoint

CONFIG = VoiceConfig(model=WaveNetConfig(layers=2, residual_channels=3, skip_channels=5))


def write(path, tensors=None, config=CONFIG):
    tensors = tensors or spec.random_tensors(CONFIG.model, 0)
    named = {checkpoint.MODEL + name: value for name, value in tensors.items()}
    named[checkpoint.OPTIMIZER + "0"] = np.zeros(3, np.float32)
    checkpoint.save(path, named, {"config": config.to_dict(), "step": 7, "training": {"note": "test"}})


def test_round_trip(tmp_path):
    write(tmp_path / "c.safetensors")
    config, tensors, provenance = checkpoint.load_model(tmp_path / "c.safetensors")
    assert config == CONFIG
    assert provenance == {"step": 7, "note": "test"}
    expected = spec.random_tensors(CONFIG.model, 0)
    assert tensors.keys() == expected.keys()
    assert all(np.array_equal(tensors[name], expected[name]) for name in expected)
    assert [file.name for file in tmp_path.iterdir()] == ["c.safetensors"]  # No partial file stays.


def test_misfit_with_its_own_config(tmp_path):
    other = VoiceConfig(model=WaveNetConfig(layers=3, residual_channels=3, skip_channels=5))
    write(tmp_path / "c.safetensors", config=other)
    with pytest.raises(ValueError, match="c.safetensors: tensors do not fit the config: .* missing"):
        checkpoint.load_model(tmp_path / "c.safetensors")


@pytest.mark.parametrize("key, value", [("config", []), ("config", None), ("step", "7"), ("training", [1])])
def test_metadata_of_the_wrong_kind(tmp_path, key, value):
    metadata = {"config": CONFIG.to_dict(), "step": 7, "training": {}, key: value}
    checkpoint.save(tmp_path / "c.safetensors", {"a": np.zeros(1)}, metadata)
    with pytest.raises(ValueError, match=f"metadata {key} is"):
        checkpoint.load_model(tmp_path / "c.safetensors")


def test_a_dtype_that_numpy_lacks_unless_jax_is_loaded(tmp_path):
    path = tmp_path / "c.safetensors"
    header = b'{"__metadata__":{},"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}'
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\0\0")
    with pytest.raises(ValueError, match="not a"):
        checkpoint.load(path)


def test_broken_files(tmp_path):
    path = tmp_path / "c.safetensors"
    with pytest.raises(FileNotFoundError, match="no such checkpoint"):
        checkpoint.load(path)
    path.write_bytes(b"not a checkpoint at all")
    with pytest.raises(ValueError, match="not a readable checkpoint"):
        checkpoint.load(path)
    write(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="not a readable checkpoint"):
        checkpoint.load(path)
    checkpoint.save(path, {"a": np.zeros(2)}, {"step": 1})
    with pytest.raises(ValueError, match="lacks config, training"):
        checkpoint.load(path)

import dataclasses
import os

import gguf
import numpy as np
import pytest

from tf_wavenet import export, native
from tf_wavenet.config import AudioConfig, VoiceConfig, WaveNetConfig
from tf_wavenet.export import keys, voice_writer

TRAINING = {"steps": 10, "corpus": {"name": "none", "seconds": 0.5}}


def write(path, config, tensors, **metadata):
    export.export_voice(config, tensors, path, **({"name": "odd"} | metadata))
    return path


def repaired(content):
    """`content` with the checksum that it then needs."""
    content = bytearray(content)
    content[-64:-56] = export.checksum(bytes(content[:-64])).to_bytes(8, "little")
    return bytes(content)


def test_ggufs_own_reader_lists_it(config, tensors, tmp_path):
    path = write(tmp_path / "voice.gguf", config, tensors, description="of odd sizes", training=TRAINING)
    reader = gguf.GGUFReader(path)
    values = {key: field.contents() for key, field in reader.fields.items()}
    assert values["GGUF.version"] == 3
    assert values["general.architecture"] == "wavenet"
    assert values["general.alignment"] == reader.alignment == 64
    assert values["general.name"] == "odd"
    assert values["general.description"] == "of odd sizes"
    assert values["wavenet.format_version"] == 5
    assert values["wavenet.panel_rows"] == 64
    assert values["wavenet.residual_channels"] == config.model.residual_channels
    assert values["wavenet.embed_tanh"] is config.model.embed_tanh
    assert values["wavenet.audio.log_floor"] == np.float32(1e-5)
    expected = export.stored_tensors(config.model)
    assert [tensor.name for tensor in reader.tensors] == [tensor.name for tensor in expected] + ["checksum"]
    folded = export.fold(config.model, tensors)
    for tensor, found in zip(expected, reader.tensors):
        assert found.tensor_type == gguf.GGMLQuantizationType.F32
        np.testing.assert_array_equal(found.data, tensor.pack(folded[tensor.name]))


def test_tensors_are_aligned_and_leave_no_gap(config, tensors, tmp_path):
    path = write(tmp_path / "voice.gguf", config, tensors)
    reader = gguf.GGUFReader(path)
    offset = reader.data_offset
    assert offset % 64 == 0
    for tensor in reader.tensors:
        assert tensor.data_offset == offset
        offset += int(tensor.n_bytes) if tensor.name != "checksum" else 64
    assert offset == path.stat().st_size
    content = path.read_bytes()
    assert int.from_bytes(content[-64:-56], "little") == export.checksum(content[:-64])
    assert not any(content[-56:])


def test_reads_back_what_was_written(config, tensors, tmp_path):
    path = write(tmp_path / "voice.gguf", config, tensors, description="of odd sizes", training=TRAINING)
    voice = export.read_voice(path)
    assert voice.config == export.read_config(path) == config
    assert (voice.name, voice.description, voice.training) == ("odd", "of odd sizes", TRAINING)
    assert voice.precision == "f32"
    assert voice.multiply_adds_per_sample == config.model.weights_per_sample
    assert voice.receptive_field_ms == pytest.approx(sum(config.model.dilations) / 16 + 2 / 16)
    folded = export.fold(config.model, tensors)
    for tensor, info in zip(export.stored_tensors(config.model), voice.tensors):
        assert (info.name, info.shape, info.type, info.bytes) == (tensor.name, tensor.shape, "f32", 4 * tensor.size)
        np.testing.assert_array_equal(tensor.unpack(info.data).ravel(), folded[tensor.name].ravel())
    last = voice.tensors[-1]
    assert (last.name, last.shape, last.type, last.bytes) == ("checksum", (1,), "i64", 8)
    assert last.data.view(np.uint64)[0] == voice.checksum
    streamed = sum(info.bytes for info in voice.tensors if not info.name.startswith(("embed", "cond", "checksum")))
    assert voice.weight_bytes_per_sample == streamed


@pytest.mark.parametrize("precision, dtype, kind", [("int16", np.int16, "i16"), ("int8", np.int8, "i8")])
def test_reads_back_integers(config, precision, dtype, kind, tmp_path):
    path, stored = tmp_path / "voice.gguf", export.stored_tensors(config.model, precision)
    rng = np.random.default_rng(0)
    matrices = {
        tensor.name: rng.integers(-64, 65, (tensor.rows, tensor.cols)).astype(tensor.dtype) for tensor in stored
    }
    matrices |= {name: np.abs(matrix) for name, matrix in matrices.items() if name.endswith("scale")}
    packed = {tensor.name: tensor.pack(matrices[tensor.name]) for tensor in stored}
    export.write_voice(path, config, packed, name="odd", precision=precision)

    reader = gguf.GGUFReader(path)
    assert reader.fields["wavenet.format_version"].contents() == 5
    assert reader.fields["wavenet.precision"].contents() == precision
    types = {tensor.name: int(tensor.tensor_type) for tensor in reader.tensors}
    assert types["relu"] == types["layers.0.prev"] == {"int16": 25, "int8": 24}[precision]
    assert types["relu.scale"] == types["act.inverse_scale"] == 0 and types["checksum"] == 27
    assert types["cond"] == 25  # int16 in any integer voice.
    assert all(tensor.data_offset % 64 == 0 for tensor in reader.tensors)

    voice = export.read_voice(path)
    assert (voice.precision, voice.config) == (precision, config)
    assert [info.name for info in voice.tensors] == [*(tensor.name for tensor in stored), "checksum"]
    for tensor, info in zip(stored, voice.tensors):
        assert (info.shape, info.bytes) == (tensor.shape, tensor.bytes)
        assert info.type == ("i16" if tensor.name == "cond" else kind if tensor.dtype == dtype else "f32")
        np.testing.assert_array_equal(tensor.unpack(info.data), matrices[tensor.name])
    aside = ("embed", "cond", "checksum", "act.inverse_scale")
    streamed = sum(info.bytes for info in voice.tensors if not info.name.startswith(aside))
    assert voice.weight_bytes_per_sample == streamed
    floats = sum(tensor.bytes for tensor in export.stored_tensors(config.model) if tensor.streamed)
    assert voice.weight_bytes_per_sample < floats or config.model.residual_channels == 1


def test_integer_tensors_must_have_their_types(odd_voice, tmp_path):
    config, _ = odd_voice
    stored = export.stored_tensors(config.model, "int8")
    packed = {tensor.name: np.zeros(tensor.size, tensor.dtype) for tensor in stored}
    path = tmp_path / "voice.gguf"
    for change, message in [
        ({"relu": packed["relu"].astype(np.float32)}, r"relu is float32 \[640\], must be int8 \[640\]"),
        ({"relu.scale": packed["relu.scale"] * np.float32("nan")}, "relu.scale holds 32 values that are not finite"),
    ]:
        with pytest.raises(ValueError, match=message):
            export.write_voice(path, config, packed | change, name="voice", precision="int8")
    with pytest.raises(ValueError, match=r"unexpected \(\['act.inverse_scale', 'cond.scale', 'layers.0.gate.scale'"):
        export.write_voice(path, config, packed, name="voice")
    with pytest.raises(ValueError, match="precision is 'int4', must be one of f32, int16, int8"):
        export.write_voice(path, config, packed, name="voice", precision="int4")
    assert list(tmp_path.iterdir()) == []
    export.write_voice(path, config, packed, name="voice", precision="int8")
    content = path.read_bytes()
    name = content.index(b"\x04\0\0\0\0\0\0\0relu") + 8 + 4
    kind = name + 4 + 8  # one dimension, its size, then the type
    assert content[kind] == 24
    path.write_bytes(repaired(content[:kind] + bytes([25]) + content[kind + 1 :]))
    with pytest.raises(ValueError, match=r"voice.gguf: relu is I16 \[640\], must be I8 \[640\]"):
        export.read_voice(path)


def test_writer_refuses_sums_that_could_overflow(tmp_path, odd_voice):
    config, _ = odd_voice  # 5 residual channels: a gate's row has 10 weights, prev and cur together
    stored = {tensor.name: tensor for tensor in export.stored_tensors(config.model, "int16")}
    weights = {name: np.zeros((tensor.rows, tensor.cols), tensor.dtype) for name, tensor in stored.items()}
    weights["layers.1.prev"][7, :2] = -32767
    weights["layers.1.cur"][7, 4] = 1
    write_packed = lambda: export.write_voice(
        tmp_path / "voice.gguf",
        config,
        {name: tensor.pack(weights[name]) for name, tensor in stored.items()},
        name="voice",
        precision="int16",
    )
    write_packed()
    weights["layers.1.cur"][7, 3] = -1
    with pytest.raises(ValueError, match=r"layers.1.gate has a row with sum\|w_q\| = 65536, at most 65535"):
        write_packed()


def test_metadata_may_be_left_out(odd_voice, tmp_path):
    voice = export.read_voice(write(tmp_path / "voice.gguf", *odd_voice))
    assert (voice.name, voice.description, voice.training) == ("odd", "", None)


def test_same_arguments_same_bytes(odd_voice, tmp_path):
    config, tensors = odd_voice
    first = write(tmp_path / "a.gguf", config, tensors, training=TRAINING)
    turned = dict(reversed(tensors.items()))
    second = write(tmp_path / "b.gguf", config, turned, training=dict(reversed(TRAINING.items())))
    assert first.read_bytes() == second.read_bytes()
    tensors["out.bias"][3] += 1
    assert write(tmp_path / "c.gguf", config, tensors, training=TRAINING).read_bytes() != first.read_bytes()


def test_floats_come_back_as_they_were_spelled(odd_voice, tmp_path):
    config, tensors = odd_voice
    audio = dataclasses.replace(config.audio, log_floor=1e-12, mel_min_hz=0.1, mel_max_hz=7999.99)
    path = write(tmp_path / "voice.gguf", VoiceConfig(audio=audio, model=config.model), tensors)
    assert export.read_config(path).audio == audio


def test_every_config_field_has_its_key():
    config = VoiceConfig()
    values = keys.encode(config, name="n", description="", training="")
    for prefix, part in (("wavenet.", WaveNetConfig), ("wavenet.audio.", AudioConfig)):
        for field in dataclasses.fields(part):
            assert field.name == "mel_bands" or f"{prefix}{field.name}" in values


def test_failure_leaves_the_old_file(odd_voice, tmp_path, monkeypatch):
    path = write(tmp_path / "voice.gguf", *odd_voice)
    before = path.read_bytes()

    def fail(writer, **_):
        raise OSError("no space left on device")

    monkeypatch.setattr(gguf.GGUFWriter, "write_tensors_to_file", fail)
    with pytest.raises(OSError, match="no space left"):
        write(path, *odd_voice, name="another")
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["voice.gguf"]


def test_refuses_bad_arguments(odd_voice, tmp_path):
    config, tensors = odd_voice
    path = tmp_path / "voice.gguf"
    for metadata, message in [
        ({"name": ""}, "name is '', must be a text"),
        ({"name": None}, "name is None, must be a text"),
        ({"description": 7}, "description is 7, must be a text"),
        ({"training": {"loss": float("nan")}}, "training cannot be stored as JSON"),
        ({"training": {"path": object()}}, "training cannot be stored as JSON"),
    ]:
        with pytest.raises(ValueError, match=message):
            write(path, config, tensors, **metadata)
    with pytest.raises(FileNotFoundError, match="no such folder, to write voice.gguf into"):
        write(tmp_path / "missing" / "voice.gguf", config, tensors)
    packed = {tensor.name: np.zeros(tensor.size, np.float32) for tensor in export.stored_tensors(config.model)}
    for change, message in [
        ({"extra": packed["relu"]}, r"1 missing or unexpected \(\['extra'\]\)"),
        ({"relu": packed["relu"][1:]}, r"relu is float32 \[543\], must be float32 \[544\]"),
        ({"relu": packed["relu"].astype(np.float64)}, "relu is float64"),
        ({"relu": packed["relu"] + np.float32("inf")}, "relu holds 544 values that are not finite"),
    ]:
        with pytest.raises(ValueError, match=message):
            export.write_voice(path, config, packed | change, name="voice")
    assert list(tmp_path.iterdir()) == []


def test_refuses_states_that_the_engine_would_refuse(tmp_path):
    model = WaveNetConfig(layers=1024, residual_channels=65, dilation_cycle=16)  # 64 cycles of 65535 samples
    with pytest.raises(ValueError, match="ask for 1342157120 bytes of state .* at most 1073741824"):
        export.write_voice(tmp_path / "voice.gguf", VoiceConfig(model=model), {}, name="voice")


def test_refuses_files_that_are_no_voices(odd_voice, tmp_path):
    path = write(tmp_path / "voice.gguf", *odd_voice)
    content = path.read_bytes()
    damaged = bytearray(content)
    damaged[len(content) // 2] ^= 1
    other_key = repaired(content.replace(b"wavenet.layers", b"wavenet.Layers"))
    other_tensor = repaired(content.replace(b"layers.0.prev", b"layers.0.Prev"))
    for other, message in [
        (b"", "not a GGUF file: its 0 bytes"),
        (b"RIFF" + content[4:], "not a GGUF file: its .* bytes begin with b'RIFF'"),
        (content[:-1], "truncated, damaged"),
        (content[:-64], "truncated, damaged"),
        (content[:64], "truncated, damaged"),
        (content + bytes(64), "truncated, damaged"),
        (bytes(damaged), "truncated, damaged"),
        (content[:-1] + b"\1", "truncated, damaged"),
        (other_key, "unknown key 'wavenet.Layers'.* newer version"),
        (other_tensor, r"tensor \d+ is 'layers.0.Prev', wanted 'layers.0.prev'"),
    ]:
        path.write_bytes(other)
        with pytest.raises(ValueError, match=f"voice.gguf: {message}"):
            export.read_voice(path)
    with pytest.raises(FileNotFoundError, match="nothing.gguf: no such voice file"):
        export.read_voice(tmp_path / "nothing.gguf")


@pytest.mark.parametrize(
    "key, value, message",
    [
        ("general.architecture", "llama", "general.architecture is 'llama', must be 'wavenet'"),
        ("wavenet.format_version", 6, "voice file format 6, this library reads 5: upgrade tf_wavenet"),
        ("wavenet.format_version", 4, "voice file format 4, this library reads 5: export the voice again"),
        ("wavenet.panel_rows", 32, "wavenet.panel_rows is 32, must be 64"),
        ("wavenet.precision", "i8", "wavenet.precision is 'i8', must be one of f32, int16, int8"),
        ("wavenet.layers", 0, "WaveNetConfig.layers is 0"),
        ("wavenet.layers", None, "key wavenet.layers is missing"),
        ("wavenet.audio.mel_max_hz", 9000.0, "AudioConfig.mel_max_hz is 9000"),
        ("wavenet.layers", "3", "wavenet.layers has type STRING, must be UINT32"),
    ],
)
def test_keys_are_checked(key, value, message):
    config = VoiceConfig()
    values = keys.encode(config, name="n", description="", training="")
    types = {str: gguf.GGUFValueType.STRING}
    typed = {name: (stored, keys.value_type(name)) for name, stored in values.items()}
    assert keys.decode(typed) == config
    typed[key] = (value, types.get(type(value), keys.value_type(key)))
    if value is None:
        del typed[key]
    with pytest.raises(ValueError, match=message):
        keys.decode(typed)


def test_writer_does_not_touch_what_it_is_given(odd_voice, tmp_path):
    config, tensors = odd_voice
    before = {name: tensor.copy() for name, tensor in tensors.items()}
    write(tmp_path / "voice.gguf", config, tensors)
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(tensor, before[name])
    assert voice_writer.BLOCK_BYTES == keys.ALIGNMENT


@pytest.mark.parametrize(
    "name, change, message",
    [
        ("layers.0.prev", lambda w: w + 127, r"layers.0.prev has two weights side by side with .* = 254, at most 128"),
        ("relu.scale", lambda s: s - 1e-9, r"relu.scale spans \[-1e-09, -1e-09\], must lie in \[0, 1e\+20\]"),
        ("out.scale", lambda s: s + 2e20, r"out.scale spans \[2e\+20, 2e\+20\], must lie in"),
        ("out.bias", lambda b: b - 2e30, r"out.bias spans \[-2e\+30, -2e\+30\], must lie in \[-1e\+30, 1e\+30\]"),
        ("act.inverse_scale", lambda s: s - 1, r"act.inverse_scale spans \[-1, -1\], must lie in"),
    ],
)
def test_writer_refuses_numbers_that_the_engine_would(odd_voice, tmp_path, name, change, message):
    config, _ = odd_voice
    packed = {t.name: np.zeros(t.size, t.dtype) for t in export.stored_tensors(config.model, "int8")}
    export.write_voice(tmp_path / "zeros.gguf", config, packed, name="zeros", precision="int8")
    native.voice_info(tmp_path / "zeros.gguf")
    packed[name] = change(packed[name]).astype(packed[name].dtype)
    with pytest.raises(ValueError, match=message):
        export.write_voice(tmp_path / "voice.gguf", config, packed, name="odd", precision="int8")

import mmap

import numpy as np
import pytest

from tf_wavenet import native

FRAMES = 6


@pytest.fixture(scope="module")
def voice(tiny_voice):
    return native.load_voice(tiny_voice)


@pytest.fixture(scope="module")
def mel(tiny_config):
    return np.random.default_rng(1).normal(size=(3, FRAMES, tiny_config.model.conditioning_channels)).astype(np.float32)


def test_info_tells_the_sizes_of_the_config(voice, tiny_config):
    info, model = voice.info, tiny_config.model
    for field in (
        "layers residual_channels skip_channels output_channels dilation_cycle conditioning_channels "
        "conditioning_context lookahead_frames silence_level"
    ).split():
        assert getattr(info, field) == getattr(model, field), field
    assert info.hop_samples == tiny_config.audio.hop_samples
    assert info.sample_rate_hz == tiny_config.audio.sample_rate_hz
    assert info.precision == "f32"
    assert info.state_bytes > 0 and info.state_bytes % 64 == 0
    assert info.weight_bytes_per_sample >= 4 * model.weights_per_sample
    outputs = 2 * model.skip_channels + 2 * model.output_channels
    assert info.trace_floats_per_sample == model.layers * model.residual_channels + outputs


@pytest.mark.parametrize("form", [str, lambda path: path.read_bytes(), lambda path: bytearray(path.read_bytes())])
def test_a_voice_may_come_in_any_form(tiny_voice, form):
    assert native.voice_info(form(tiny_voice)) == native.voice_info(tiny_voice)


@pytest.mark.parametrize("offset", [0, 1, 32, 63])
def test_a_voice_may_lie_anywhere_in_memory(tiny_voice, voice, mel, offset):
    content = tiny_voice.read_bytes()
    memory = np.frombuffer(mmap.mmap(-1, len(content) + 64), np.uint8)
    memory[offset : offset + len(content)] = np.frombuffer(content, np.uint8)
    moved = memory[offset : offset + len(content)]
    assert np.array_equal(native.generate(moved, mel).samples, native.generate(voice, mel).samples)


def test_a_loaded_voice_is_read_only_and_leaves_its_source_alone(tiny_voice):
    content = np.frombuffer(tiny_voice.read_bytes(), np.uint8).copy()
    voice = native.load_voice(content)
    assert not voice.data.flags.writeable
    assert content.flags.writeable


@pytest.mark.parametrize(
    "damage, message",
    [
        (lambda content: b"", "0 bytes|empty|truncated"),
        (lambda content: content[:100], "truncated"),
        (lambda content: content[:-64], "truncated"),
        (lambda content: content + bytes(64), "too long"),
        (lambda content: content[:-4096] + bytes([content[-4096] ^ 1]) + content[-4095:], "checksum"),
        (lambda content: content.replace(b"GGUF", b"GGUX", 1), "GGUF"),
    ],
)
def test_a_damaged_voice_is_refused(tiny_voice, tmp_path, damage, message):
    content = damage(tiny_voice.read_bytes())
    with pytest.raises(ValueError, match=message):
        native.load_voice(content)
    path = tmp_path / "damaged.gguf"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"damaged.gguf: .*({message})"):
        native.load_voice(path)


def test_a_voice_of_another_version_is_refused(tiny_voice):
    content = tiny_voice.read_bytes()
    key = b"wavenet.format_version"
    at = content.index(key) + len(key) + 4  # Past the key and the type of its value, which is a u32.
    with pytest.raises(ValueError, match="format 6, this library reads 5: upgrade"):
        native.load_voice(content[:at] + bytes([6]) + content[at + 1 :])


@pytest.mark.parametrize(
    "source, message",
    [
        (np.zeros(100, np.int8), "voice is int8"),
        (np.zeros((10, 10), np.uint8), r"uint8 \[10, 10\], must be uint8 \[bytes\]"),
        (42, "voice is a int"),
    ],
)
def test_what_is_not_a_voice_is_refused(source, message):
    with pytest.raises(ValueError, match=message):
        native.load_voice(source)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="none.gguf: no such voice file"):
        native.load_voice(tmp_path / "none.gguf")


def test_one_utterance_needs_no_batch(voice, mel):
    alone, batch = native.generate(voice, mel[0], seed=5), native.generate(voice, mel[:1], seed=[5])
    assert alone.samples.shape == (1, FRAMES * voice.info.hop_samples)
    assert alone.samples.dtype == np.int32
    assert alone.state.shape == (1, voice.info.state_bytes)
    assert alone.logits is None and alone.trace is None
    assert np.array_equal(alone.samples, batch.samples)
    assert np.array_equal(alone.state, batch.state)


def test_samples_depend_on_seed_and_temperature(voice, mel):
    samples = native.generate(voice, mel[0], seed=1).samples
    assert np.array_equal(samples, native.generate(voice, mel[0], seed=1).samples)
    assert not np.array_equal(samples, native.generate(voice, mel[0], seed=2).samples)
    assert not np.array_equal(samples, native.generate(voice, mel[0], seed=1, temperature=0.5).samples)


def test_rows_of_a_batch_are_as_if_alone(voice, mel):
    num_frames, seeds = [FRAMES, 2, 0], [3, -4, 5]
    batch = native.generate(voice, mel, num_frames=num_frames, seed=seeds)
    for row in range(3):
        alone = native.generate(voice, mel[row, : num_frames[row]], seed=seeds[row])
        spoken = num_frames[row] * voice.info.hop_samples
        assert np.array_equal(batch.samples[row, :spoken], alone.samples[0])
        assert (batch.samples[row, spoken:] == voice.info.silence_level).all()
        assert np.array_equal(batch.state[row], alone.state[0])


@pytest.mark.parametrize("cuts", [[1], [3], [1, 2, 3, 4, 5], [0, 0, 4]])
def test_chunks_equal_the_whole(voice, mel, cuts):
    whole = native.generate(voice, mel, seed=[1, 2, 3])
    samples, state = [], None
    for begin, end in zip([0, *cuts], [*cuts, FRAMES]):
        lookahead = min(voice.info.lookahead_frames, FRAMES - end)
        chunk = native.generate(
            voice, mel[:, begin : end + lookahead], lookahead_frames=lookahead, seed=[1, 2, 3], state=state
        )
        samples.append(chunk.samples[:, : (end - begin) * voice.info.hop_samples])
        state = chunk.state
    assert np.array_equal(np.concatenate(samples, axis=1), whole.samples)
    assert np.array_equal(state, whole.state)


@pytest.mark.parametrize("isa", native.available_isas())
@pytest.mark.parametrize("num_threads", [0, 1, 2])
def test_every_isa_and_number_of_threads_gives_the_same_bits(voice, mel, isa, num_threads):
    reference = native.generate(voice, mel, isa="scalar", num_threads=1, return_logits=True)
    result = native.generate(voice, mel, isa=isa, num_threads=num_threads, return_logits=True)
    assert np.array_equal(result.samples, reference.samples)
    assert np.array_equal(result.logits, reference.logits)
    assert np.array_equal(result.state, reference.state)


def test_forced_samples_enter_the_history(voice, mel):
    free = native.generate(voice, mel, return_logits=True, return_trace=True)
    forced = native.generate(voice, mel, forced=free.samples, seed=99, return_logits=True)
    assert np.array_equal(forced.logits, free.logits)
    assert np.array_equal(forced.state[:, 64:], free.state[:, 64:])
    assert not np.array_equal(forced.samples, free.samples)
    assert free.logits.shape == (*free.samples.shape, voice.info.output_channels)
    assert free.trace.shape == (*free.samples.shape, voice.info.trace_floats_per_sample)
    assert np.array_equal(free.trace[..., -voice.info.output_channels :], free.logits)


NAN = float("nan")


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"conditioning": np.zeros(12, np.float32)}, r"conditioning has shape \[12\], must be"),
        ({"conditioning": np.zeros((1, 1, 4, 12), np.float32)}, "conditioning has shape"),
        ({"conditioning": np.zeros((4, 12))}, "conditioning is float64, must be float32"),
        ({"conditioning": np.zeros((4, 13), np.float32)}, r"conditioning.shape\[2\] is 13.*12"),
        ({"conditioning": np.zeros((0, 4, 12), np.float32)}, "batch"),
        ({"conditioning": np.full((4, 12), NAN, np.float32)}, "conditioning.*finite"),
        ({"num_frames": 5}, "num_frames.*5"),
        ({"num_frames": -1}, "num_frames.*-1"),
        ({"num_frames": [1, 1]}, r"num_frames has shape \[2\]"),
        ({"num_frames": 1.5}, "num_frames is float64, must be integers"),
        ({"num_frames": 1 << 40}, "num_frames spans"),
        ({"num_frames": 3, "lookahead_frames": 2}, "lookahead_frames"),
        ({"lookahead_frames": -1}, "lookahead_frames"),
        ({"seed": 1 << 63}, "seed"),
        ({"temperature": 0.0}, r"temperature\[0\] is 0, must be positive and finite"),
        ({"temperature": -1.0}, r"temperature\[0\] is -1, must"),
        ({"temperature": NAN}, r"temperature\[0\] is -?nan, must"),
        ({"state": np.zeros((1, 64), np.uint8)}, r"state has shape \[1, 64\], must be \[1, "),
        ({"forced": np.zeros((1, 7), np.int32)}, r"forced has shape \[1, 7\], must be \[1, 320\]"),
        ({"forced": np.full((1, 320), 256, np.int32)}, "forced"),
        ({"temperature": "a"}, "temperature is 'a', must be a number"),
        ({"temperature": [1.0, 1.0]}, r"temperature has shape \[2\], must be one number or \[1\]"),
        ({"temperature": 1e300}, r"temperature\[0\] is inf, must"),
        ({"num_threads": -1}, "num_threads is -1"),
        ({"num_threads": 1 << 32}, r"num_threads spans \[4294967296, 4294967296\], must fit int32"),
        ({"num_threads": None}, "num_threads is object, must be integers"),
        ({"num_threads": [1]}, r"num_threads has shape \[1\], must be one integer"),
        ({"isa": "sse9"}, "isa is 'sse9'"),
        ({"isa": None}, "isa is None, must be a str: scalar"),
        ({"isa": b"scalar"}, "isa is b'scalar', must be a str"),
        ({"nonlinearities": "cubic"}, "nonlinearities is 'cubic', must be empty or one of libm,rational,fixed"),
        ({"nonlinearities": 3}, "nonlinearities is 3, must be a str: libm, rational, fixed or empty"),
    ],
)
def test_wrong_arguments_are_refused(voice, arguments, message):
    arguments = {"conditioning": np.zeros((4, 12), np.float32), **arguments}
    with pytest.raises(ValueError, match=message):
        native.generate(voice, **arguments)


@pytest.mark.parametrize("temperature", [np.float64(0.8), np.float32(0.8), np.array(0.8), [0.8] * 3, np.full(3, 0.8)])
def test_temperature_may_be_a_number_of_numpy(voice, mel, temperature):
    expected = native.generate(voice, mel, temperature=0.8)
    assert np.array_equal(native.generate(voice, mel, temperature=temperature).samples, expected.samples)


def test_a_state_of_another_voice_is_refused(voice, mel):
    state = native.generate(voice, mel).state
    state[1, :4] = 0
    with pytest.raises(ValueError, match="state"):
        native.generate(voice, mel, state=state)


def test_frames_that_nobody_uses_may_hold_anything(voice, mel):
    spoiled = mel.copy()
    spoiled[:, 3:] = NAN
    assert np.array_equal(
        native.generate(voice, spoiled, num_frames=3).samples, native.generate(voice, mel, num_frames=3).samples
    )


def test_checksum_is_that_of_the_file(tiny_voice, voice):
    content = tiny_voice.read_bytes()
    assert native.checksum(content[:-64]) == voice.info.checksum
    assert native.checksum(b"") != native.checksum(bytes(64))
    with pytest.raises(ValueError, match="63 bytes"):
        native.checksum(bytes(63))


def test_the_environment_picks_the_isa(monkeypatch):
    monkeypatch.setenv("TF_WAVENET_ISA", "scalar")
    assert native.best_isa() == "scalar"
    monkeypatch.setenv("TF_WAVENET_ISA", "mmx")
    with pytest.raises(ValueError, match="TF_WAVENET_ISA is 'mmx'"):
        native.best_isa()
    monkeypatch.delenv("TF_WAVENET_ISA")
    assert native.best_isa() == native.available_isas()[-1]


@pytest.mark.parametrize("isa", native.available_isas())
@pytest.mark.parametrize("precision", ["f32", "int16", "int8"])
def test_measured_multiply_adds_take_time(isa, precision):
    assert 1e6 < native.measure_multiply_adds(precision, repeats=1, isa=isa) < 1e14


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"precision": "int4"}, "precision is 'int4', must be one of f32,int16,int8"),
        ({"precision": "int8", "repeats": 0}, "repeats is 0"),
        ({"precision": "int8", "isa": "mmx"}, "isa is 'mmx'"),
    ],
)
def test_multiply_adds_that_cannot_be_measured(arguments, message):
    with pytest.raises(ValueError, match=message):
        native.measure_multiply_adds(**arguments)


@pytest.mark.parametrize("isa", native.available_isas())
def test_measured_streams_take_time(isa):
    assert 0 < native.measure_stream(1 << 20, repeats=3, isa=isa) < 10


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"repeats": 0}, "repeats is 0"),
        ({"repeats": (1 << 32) + 3}, "repeats spans"),
        ({"isa": None}, "isa is None, must be a str"),
    ],
)
def test_streams_refuse_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        native.measure_stream(64, **arguments)


@pytest.mark.parametrize("num_bytes", [0, -64, 100])
def test_streams_are_whole_cache_lines(num_bytes):
    with pytest.raises(ValueError, match="num_bytes"):
        native.measure_stream(num_bytes)

import numpy as np
import pytest
import tensorflow as tf

import tf_wavenet
from tf_wavenet import export, native, spec

FRAMES = 4


@pytest.fixture(scope="module")
def mel():
    return np.random.default_rng(1).normal(size=(2, FRAMES, 12)).astype(np.float32)


@pytest.fixture
def arguments(tiny_voice, mel):
    """Valid arguments of the op, for tests to spoil."""
    return {
        "voice": np.frombuffer(tiny_voice.read_bytes(), np.uint8),
        "conditioning": mel,
        "num_frames": [FRAMES, 2],
        "lookahead_frames": [0, 2],
        "seed": [1, -(1 << 40)],
        "temperature": 0.9,
        "speaker": 0,
        "state": np.zeros((2, 0), np.uint8),
    }


def test_the_op_equals_the_engine(arguments):
    samples, state = tf_wavenet.fast_wavenet_inference(**arguments)
    expected = native.generate(**{**arguments, "state": None})
    assert np.array_equal(samples, expected.samples)
    assert np.array_equal(state, expected.state)


@pytest.mark.parametrize("isa", native.available_isas())
def test_attributes_reach_the_engine(arguments, isa):
    samples, _ = tf_wavenet.fast_wavenet_inference(**arguments, isa=isa, num_threads=1, nonlinearities="rational")
    assert np.array_equal(samples, native.generate(**{**arguments, "state": None}).samples)
    with pytest.raises(tf.errors.InvalidArgumentError, match="isa is 'x87', must be"):
        tf_wavenet.fast_wavenet_inference(**arguments, isa="x87")
    with pytest.raises(tf.errors.InvalidArgumentError, match="nonlinearities is 'cubic', must be"):
        tf_wavenet.fast_wavenet_inference(**arguments, nonlinearities="cubic")


def test_state_continues(arguments):
    _, state = tf_wavenet.fast_wavenet_inference(**arguments)
    arguments["state"] = state
    samples, _ = tf_wavenet.fast_wavenet_inference(**arguments)
    assert np.array_equal(samples, native.generate(**{**arguments, "state": state.numpy()}).samples)


def test_subnormal_numbers_count_as_in_the_engine(arguments, tiny_config, tmp_path):
    """TensorFlow runs kernels with subnormals flushed to zero; `native` runs as Python does."""
    subnormal = np.float32(1e-39)
    tensors = spec.random_tensors(tiny_config.model, 0)
    for name in tensors:
        if name.startswith("embed."):
            tensors[name] = np.full_like(tensors[name], subnormal)
    path = tmp_path / "subnormal.gguf"
    export.export_voice(tiny_config, tensors, path, name="subnormal")
    arguments["voice"] = np.frombuffer(path.read_bytes(), np.uint8)
    arguments["conditioning"] = np.full_like(arguments["conditioning"], subnormal)
    samples, state = tf_wavenet.fast_wavenet_inference(**arguments)
    expected = native.generate(**{**arguments, "state": None})
    assert np.array_equal(samples, expected.samples)
    assert np.array_equal(state, expected.state)


def test_a_voice_that_is_not_aligned_is_copied(arguments):
    expected, _ = tf_wavenet.fast_wavenet_inference(**arguments)
    content = arguments["voice"]
    memory = np.zeros(content.size + 128, np.uint8)
    start = -memory.ctypes.data % 64 + 16
    memory[start : start + content.size] = content
    # TensorFlow aligns whatever it makes or slices; only memory that it borrows can lie anywhere.
    borrowed = tf.experimental.dlpack.from_dlpack(memory[start : start + content.size].__dlpack__())
    assert np.asarray(memoryview(borrowed)).ctypes.data % 64 == 16
    samples, _ = tf_wavenet.fast_wavenet_inference(**{**arguments, "voice": borrowed})
    assert np.array_equal(samples, expected)


def test_no_frames_give_no_samples(arguments, mel):
    arguments.update(conditioning=mel[:, :0], num_frames=[0, 0], lookahead_frames=[0, 0])
    samples, state = tf_wavenet.fast_wavenet_inference(**arguments)
    assert samples.shape == (2, 0)
    assert state.shape[0] == 2


def _replaced(content, index, value):
    content = content.copy()
    content[index] = value
    return content


@pytest.mark.parametrize(
    "name, spoil, message",
    [
        ("voice", lambda v: v[:0], "voice|0 bytes|empty|truncated"),
        ("voice", lambda v: v[:-64], "truncated: file has"),
        ("voice", lambda v: _replaced(v, -5000, v[-5000] ^ 4), "damaged: checksum"),
        ("voice", lambda v: _replaced(v, 4, 9), "GGUF version is 9, wanted 3"),
        ("voice", lambda v: v[None], r"voice has rank 2, wanted rank 1: \[bytes\]"),
        (
            "conditioning",
            lambda c: c[0],
            r"conditioning has rank 2, wanted rank 3: \[batch, frames, conditioning_chann",
        ),
        ("conditioning", lambda c: c[..., :11], r"conditioning.shape\[2\] is 11, the voice expects 12"),
        ("conditioning", lambda c: np.full_like(c, np.nan), "conditioning.*finite"),
        ("conditioning", lambda c: c[:0], "the batch is empty, wanted at least 1 utterance"),
        ("num_frames", lambda n: [FRAMES + 1, 1], rf"num_frames\[0\].*{FRAMES + 1}"),
        ("num_frames", lambda n: [1, -1], r"num_frames\[1\].*-1"),
        ("num_frames", lambda n: [1, 1, 1], r"num_frames.shape\[0\] is 3, wanted 2"),
        ("num_frames", lambda n: 1, "num_frames has rank 0, wanted rank 1"),
        ("lookahead_frames", lambda n: [1, 0], r"lookahead_frames\[0\]"),
        ("lookahead_frames", lambda n: [0], r"lookahead_frames.shape\[0\] is 1, wanted 2"),
        ("seed", lambda s: [[1, 2]], "seed has rank 2, wanted rank 1"),
        ("temperature", lambda t: 0.0, r"temperature\[0\] is 0, must be positive and finite"),
        ("temperature", lambda t: -0.5, r"temperature\[0\] is -0.5, must"),
        ("temperature", lambda t: [1.0, 0.0], r"temperature\[1\] is 0, must"),
        ("temperature", lambda t: [1.0], r"temperature.shape\[0\] is 1, wanted 2: the batch of conditioning"),
        ("temperature", lambda t: [[1.0, 1.0]], r"temperature has rank 2, wanted rank 1: \[batch\] or \[\]"),
        ("speaker", lambda s: 1, r"speaker\[0\] is 1, must be in 0..0 \(the voice has 1 speaker\)"),
        ("speaker", lambda s: [0, -1], r"speaker\[1\] is -1, must be in 0..0"),
        ("speaker", lambda s: [0], r"speaker.shape\[0\] is 1, wanted 2: the batch of conditioning"),
        ("speaker", lambda s: [[0, 0]], r"speaker has rank 2, wanted rank 1: \[batch\] or \[\]"),
        ("state", lambda s: np.zeros((2, 64), np.uint8), "state.* 64"),
        ("state", lambda s: np.zeros((1, 0), np.uint8), r"state.shape\[0\] is 1, wanted 2"),
        ("state", lambda s: np.zeros(0, np.uint8), "state has rank 1, wanted rank 2"),
    ],
)
def test_a_wrong_input_is_refused(arguments, name, spoil, message):
    arguments[name] = spoil(arguments[name])
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        tf_wavenet.fast_wavenet_inference(**arguments)


def test_a_tensor_of_another_dtype_is_refused(arguments):
    arguments["conditioning"] = tf.constant(arguments["conditioning"], tf.float64)
    with pytest.raises(ValueError, match="requested dtype float32 for Tensor with dtype float64"):
        tf_wavenet.fast_wavenet_inference(**arguments)


def test_a_state_of_zeros_is_not_a_state(arguments, tiny_voice):
    arguments["state"] = np.zeros((2, native.voice_info(tiny_voice).state_bytes), np.uint8)
    with pytest.raises(tf.errors.InvalidArgumentError, match="state"):
        tf_wavenet.fast_wavenet_inference(**arguments)


def test_negative_threads_are_refused(arguments):
    with pytest.raises(tf.errors.InvalidArgumentError, match="num_threads.* of -1 must be at least"):
        tf_wavenet.fast_wavenet_inference(**arguments, num_threads=-1)


def test_graphs_know_the_batch_and_refuse_wrong_ranks(arguments):
    def spoken(batch):
        def speak(mel, num_frames, seed, state):
            given = {**arguments, "conditioning": mel, "num_frames": num_frames, "seed": seed, "state": state}
            return tf_wavenet.fast_wavenet_inference(**{**given, "lookahead_frames": num_frames})

        specs = ([None, 12], tf.float32), ([], tf.int32), ([], tf.int64), ([None], tf.uint8)
        signature = [tf.TensorSpec([batch, *shape], dtype) for shape, dtype in specs]
        return tf.function(speak, input_signature=signature).get_concrete_function().outputs

    assert [output.shape.as_list() for output in spoken(5)] == [[5, None], [5, None]]
    assert [output.shape.as_list() for output in spoken(None)] == [[None, None], [None, None]]

    arguments["conditioning"] = arguments["conditioning"][0]
    with pytest.raises(ValueError, match="conditioning has rank 2, wanted rank 3"):
        tf.function(lambda: tf_wavenet.fast_wavenet_inference(**arguments))()

import numpy as np
import pytest
import tensorflow as tf

import tf_wavenet
from tf_wavenet import audio, native

FRAMES = 5
HOP = 80


@pytest.fixture(scope="module")
def mel():
    return np.random.default_rng(2).normal(size=(2, FRAMES, 12)).astype(np.float32)


@pytest.fixture(scope="module")
def expected(tiny_voice, mel):
    return native.generate(tiny_voice, mel, seed=[1, 2])


def test_samples_are_the_engine_s_and_audio_is_their_mu_law(tiny_voice, mel, expected):
    result = tf_wavenet.generate(tiny_voice, mel, seed=[1, 2])
    assert np.array_equal(result.samples, expected.samples)
    assert np.array_equal(result.state, expected.state)
    assert result.audio.dtype == tf.float32
    # float32 arithmetic on values up to 255: a few units in the last place of 1.
    np.testing.assert_allclose(result.audio, audio.decode(expected.samples), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "form",
    [
        str,
        lambda path: path.read_bytes(),
        native.load_voice,
        lambda path: np.frombuffer(path.read_bytes(), np.uint8),
        lambda path: tf.io.decode_raw(path.read_bytes(), tf.uint8),
        lambda path: tf.Variable(np.frombuffer(path.read_bytes(), np.uint8), trainable=False),
    ],
    ids=["path", "bytes", "Voice", "array", "tensor", "variable"],
)
@pytest.mark.parametrize("graph", [False, True])
def test_a_voice_may_come_in_any_form(tiny_voice, mel, expected, form, graph):
    voice = form(tiny_voice)

    def speak(mel):
        return tf_wavenet.generate(voice, mel, seed=[1, 2])

    result = (tf.function(speak) if graph else speak)(mel)
    assert np.array_equal(result.samples, expected.samples)


def test_one_utterance_needs_no_batch(tiny_voice, mel):
    result = tf_wavenet.generate(tiny_voice, mel[0], seed=7, num_frames=3)
    assert result.audio.shape == (1, FRAMES * HOP)
    assert np.array_equal(result.samples, native.generate(tiny_voice, mel[0], seed=7, num_frames=3).samples)


def test_scalars_are_for_every_row(tiny_voice, mel):
    result = tf_wavenet.generate(tiny_voice, mel, seed=7, num_frames=3, lookahead_frames=2)
    rows = tf_wavenet.generate(tiny_voice, mel, seed=[7, 7], num_frames=[3, 3], lookahead_frames=[2, 2])
    assert np.array_equal(result.samples, rows.samples)
    implied = tf_wavenet.generate(tiny_voice, mel, seed=7, lookahead_frames=[2, 2])
    assert np.array_equal(result.samples, implied.samples)


@pytest.mark.parametrize("generate", [tf_wavenet.generate, native.generate], ids=["op", "native"])
def test_chunks_only_need_to_be_joined(tiny_voice, mel, generate):
    ahead = native.voice_info(tiny_voice).lookahead_frames
    first = generate(tiny_voice, mel[:, : 2 + ahead], seed=1, lookahead_frames=ahead)
    assert first.samples.shape == (2, 2 * HOP)
    rest = generate(tiny_voice, mel[:, 2:], seed=1, state=first.state)
    whole = native.generate(tiny_voice, mel, seed=1)
    assert np.array_equal(np.concatenate([first.samples, rest.samples], axis=1), whole.samples)
    with pytest.raises(ValueError, match="lookahead_frames reaches 9, must be at most the 1 frames given"):
        native.generate(tiny_voice, mel[:, :1], lookahead_frames=9)


def test_graphs_know_their_shapes(tiny_voice, mel, expected):
    state_bytes = native.voice_info(tiny_voice).state_bytes

    def shapes(spec):
        speak = tf.function(lambda mel: tf_wavenet.generate(tiny_voice, mel, seed=1))
        return [output.shape.as_list() for output in speak.get_concrete_function(spec).outputs]

    samples = FRAMES * HOP
    assert shapes(tf.TensorSpec([2, FRAMES, 12])) == [[2, samples], [2, samples], [2, state_bytes]]
    assert shapes(tf.TensorSpec([None, None, 12])) == [[None, None], [None, None], [None, state_bytes]]
    assert shapes(tf.TensorSpec([None, 12])) == [[1, None], [1, None], [1, state_bytes]]
    assert shapes(tf.TensorSpec(None)) == [[None, None], [None, None], [None, state_bytes]]


def test_one_graph_serves_every_length(tiny_voice, mel):
    speak = tf.function(
        lambda mel, seed: tf_wavenet.generate(tiny_voice, mel, seed=seed),
        input_signature=[tf.TensorSpec([None, None, 12]), tf.TensorSpec([None], tf.int64)],
    )
    for frames in (0, 1, FRAMES):
        result = speak(mel[:, :frames], [1, 2])
        assert np.array_equal(result.samples, native.generate(tiny_voice, mel[:, :frames], seed=[1, 2]).samples)


def test_chunks_in_a_loop_equal_the_whole(tiny_voice, mel, expected):
    lookahead = native.voice_info(tiny_voice).lookahead_frames
    state, chunks = None, []
    for frame in range(FRAMES):
        context = min(lookahead, FRAMES - frame - 1)
        chunk = tf_wavenet.generate(
            tiny_voice, mel[:, frame : frame + 1 + context], lookahead_frames=context, seed=[1, 2], state=state
        )
        state = chunk.state
        chunks.append(chunk.samples[:, :HOP])
    assert np.array_equal(tf.concat(chunks, axis=1), expected.samples)


def test_it_maps_over_a_dataset(tiny_voice, mel, expected):
    utterances = tf.data.Dataset.from_tensor_slices((mel, np.array([1, 2], np.int64)))
    spoken = utterances.map(lambda mel, seed: tf_wavenet.generate(tiny_voice, mel, seed=seed).samples[0])
    assert np.array_equal(np.stack(list(spoken.as_numpy_iterator())), expected.samples)


@pytest.mark.parametrize("temperature", [np.float64(0.8), np.float32(0.8), tf.constant(0.8)])
def test_temperature_may_be_a_number_of_numpy_or_a_tensor(tiny_voice, mel, temperature):
    samples = native.generate(tiny_voice, mel, temperature=0.8).samples
    assert np.array_equal(tf_wavenet.generate(tiny_voice, mel, temperature=temperature).samples, samples)


def test_preemphasis_is_undone(speakers_voice, speakers_config, mel):
    result = tf_wavenet.generate(speakers_voice, mel, speaker=["carl", "anna"])
    assert result.audio.dtype == tf.float32
    for row in range(2):
        wanted = audio.to_audio(result.samples[row], speakers_config)
        # Sums of float32 terms that reach 1: a few units in the last place of what they add up to.
        np.testing.assert_allclose(result.audio[row], wanted, rtol=0, atol=1e-6 * max(1.0, np.abs(wanted).max()))
    assert np.abs(result.audio[0] - audio.decode(np.asarray(result.samples[0]))).max() > 0.1


@pytest.mark.parametrize("graph", [False, True])
def test_audio_in_chunks_goes_on_from_the_last_sample(speakers_voice, mel, graph):
    whole = tf_wavenet.generate(speakers_voice, mel, seed=1)
    ahead = native.voice_info(speakers_voice).lookahead_frames

    def speak():
        first = tf_wavenet.generate(speakers_voice, mel[:, : 2 + ahead], seed=1, lookahead_frames=ahead)
        rest = tf_wavenet.generate(
            speakers_voice, mel[:, 2:], seed=1, state=first.state, previous_audio=first.audio[:, -1]
        )
        return tf.concat([first.audio, rest.audio], axis=1)

    joined = (tf.function(speak) if graph else speak)()
    np.testing.assert_allclose(joined, whole.audio, rtol=0, atol=1e-5)
    unaware = tf_wavenet.generate(speakers_voice, mel[:, 2:], seed=1, state=np.zeros((2, 0), np.uint8))
    assert np.abs(unaware.audio[:, 0] - whole.audio[:, 2 * HOP]).max() > 1e-2


@pytest.mark.parametrize("as_variable", [False, True])
def test_a_saved_model_speaks_the_same(tiny_voice, tmp_path, mel, expected, as_variable):
    class Speaker(tf.Module):
        def __init__(self):
            content = np.frombuffer(tiny_voice.read_bytes(), np.uint8)
            self.voice = tf.Variable(content, trainable=False) if as_variable else tf.constant(content)

        @tf.function(input_signature=[tf.TensorSpec([None, None, 12]), tf.TensorSpec([None], tf.int64)])
        def speak(self, mel, seed):
            return tf_wavenet.generate(self.voice, mel, seed=seed)._asdict()

    speaker = Speaker()
    tf.saved_model.save(speaker, tmp_path, signatures=speaker.speak)
    restored = tf.saved_model.load(tmp_path)
    for speak in (restored.speak, restored.signatures["serving_default"]):
        result = speak(mel=tf.constant(mel), seed=tf.constant([1, 2], tf.int64))
        assert np.array_equal(result["samples"], expected.samples)
        assert np.array_equal(result["state"], expected.state)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"conditioning": np.zeros((4, 12))}, "conditioning is float64, must be float32"),
        ({"conditioning": np.zeros((1, 1, 4, 12), np.float32)}, r"conditioning has shape \(1, 1, 4, 12\), must be"),
        ({"num_frames": 1.5}, "num_frames is float64, must be integers"),
        ({"num_frames": tf.constant(1.5)}, "num_frames is float32, must be integers"),
        ({"num_frames": 1 << 40}, "num_frames spans"),
        ({"num_frames": tf.constant(1, tf.int64)}, "num_frames is int64, must be integers that fit int32"),
        ({"seed": 1 << 64}, "seed"),
        ({"state": np.zeros((1, 4), np.float32)}, "state is float32, must be uint8"),
        ({"temperature": "a"}, "temperature is 'a', must be a number"),
        ({"temperature": tf.constant(1.0, tf.float64)}, "temperature is float64, must be float32"),
        ({"speaker": tf.constant("anna")}, "speaker is string, must be integers that fit int32"),
        ({"speaker": 0.5}, "speaker is float64, must be integers"),
        ({"speaker": "anna"}, "speaker is 'anna', which the voice lacks: its one speaker has no name"),
        ({"previous_audio": 0.5}, r"previous_audio has shape \(\), must be \[B\]"),
        ({"previous_audio": np.zeros(1)}, "previous_audio is float64, must be float32"),
        ({"isa": None}, "isa is None, must be a str"),
        ({"nonlinearities": b"fixed"}, "nonlinearities is b'fixed', must be a str"),
    ],
)
def test_wrong_dtypes_and_ranks_are_refused(tiny_voice, arguments, message):
    arguments = {"conditioning": np.zeros((4, 12), np.float32), **arguments}
    with pytest.raises(ValueError, match=message):
        tf_wavenet.generate(tiny_voice, **arguments)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"temperature": 0.0}, r"temperature\[0\] is 0, must be positive"),
        ({"temperature": [1.0, 1.0]}, r"temperature.shape\[0\] is 2, wanted 1: the batch of conditioning"),
        ({"speaker": [0, 0]}, r"speaker.shape\[0\] is 2, wanted 1: the batch of conditioning"),
        ({"num_threads": 257}, "num_threads is 257, must be in 0..256"),
        ({"num_threads": 1 << 32}, "num_threads.*4294967296 out of range for an int32"),
        ({"num_frames": 5}, "num_frames.*5"),
        ({"num_frames": [1, 1]}, r"num_frames.shape\[0\] is 2, wanted 1"),
        ({"conditioning": np.zeros((0, 4, 12), np.float32)}, "the batch is empty"),
        ({"conditioning": np.zeros((4, 11), np.float32)}, r"conditioning.shape\[2\] is 11, the voice expects 12"),
    ],
)
def test_wrong_values_are_refused_by_the_op(tiny_voice, arguments, message):
    arguments = {"conditioning": np.zeros((4, 12), np.float32), **arguments}
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        tf_wavenet.generate(tiny_voice, **arguments)


def test_a_voice_unknown_to_the_graph_is_refused(tiny_voice, mel):
    voice = np.frombuffer(tiny_voice.read_bytes(), np.uint8)
    with pytest.raises(ValueError, match="voice is a symbolic tensor"):
        tf.function(lambda voice: tf_wavenet.generate(voice, mel))(voice)

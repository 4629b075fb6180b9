"""The op that scores given samples, and `tf_wavenet.score` around it."""

import numpy as np
import pytest
import tensorflow as tf

import tf_wavenet
from tf_wavenet import native

FRAMES, HOP, LEVELS = 5, 80, 256


@pytest.fixture(scope="module")
def mel():
    return np.random.default_rng(2).normal(size=(2, FRAMES, 12)).astype(np.float32)


@pytest.fixture(scope="module")
def samples():
    return np.random.default_rng(3).integers(0, LEVELS, (2, FRAMES * HOP), np.int32)


@pytest.fixture(scope="module")
def expected(tiny_voice, mel, samples):
    return native.score(tiny_voice, mel, samples, return_all=True)


@pytest.fixture
def arguments(tiny_voice, mel, samples):
    """Valid arguments of the op, for tests to spoil."""
    return {
        "voice": np.frombuffer(tiny_voice.read_bytes(), np.uint8),
        "conditioning": mel,
        "num_frames": [FRAMES, 2],
        "lookahead_frames": [0, 2],
        "samples": samples,
        "temperature": 0.9,
        "speaker": 0,
        "state": np.zeros((2, 0), np.uint8),
    }


def test_the_op_equals_the_engine(arguments):
    log_probs, all_log_probs, state = tf_wavenet.fast_wavenet_score(**arguments, all_levels=True)
    expected = native.score(**{**arguments, "state": None}, return_all=True)
    assert np.array_equal(log_probs, expected.log_probs)
    assert np.array_equal(all_log_probs, expected.all_log_probs)
    assert np.array_equal(state, expected.state)
    without, none, same_state = tf_wavenet.fast_wavenet_score(**arguments)
    assert np.array_equal(without, log_probs) and np.array_equal(same_state, state)
    assert none.shape == (2, FRAMES * HOP, 0)


@pytest.mark.parametrize("isa", native.available_isas())
def test_attributes_reach_the_engine(arguments, isa):
    log_probs, _, _ = tf_wavenet.fast_wavenet_score(**arguments, isa=isa, num_threads=1, nonlinearities="rational")
    assert np.array_equal(log_probs, native.score(**{**arguments, "state": None}).log_probs)
    with pytest.raises(tf.errors.InvalidArgumentError, match="isa is 'x87', must be"):
        tf_wavenet.fast_wavenet_score(**arguments, isa="x87")
    with pytest.raises(tf.errors.InvalidArgumentError, match="nonlinearities is 'cubic', must be.*libm,rational,fixed"):
        tf_wavenet.fast_wavenet_score(**arguments, nonlinearities="cubic")


@pytest.mark.parametrize(
    "name, spoil, message",
    [
        ("voice", lambda v: v[:-64], "truncated: file has"),
        ("voice", lambda v: v[None], r"voice has rank 2, wanted rank 1: \[bytes\]"),
        ("conditioning", lambda c: c[..., :11], r"conditioning.shape\[2\] is 11, the voice expects 12"),
        ("conditioning", lambda c: c[:0], "the batch is empty, wanted at least 1 utterance"),
        ("num_frames", lambda n: [FRAMES + 1, 1], rf"num_frames\[0\].*{FRAMES + 1}"),
        (
            "samples",
            lambda s: s[:, 1:],
            r"samples.shape\[1\] is 399, wanted 400: conditioning.shape\[1\] \* hop_samples",
        ),
        ("samples", lambda s: s[:1], r"samples.shape\[0\] is 1, wanted 2: the batch of conditioning"),
        ("samples", lambda s: s[0], r"samples has rank 1, wanted rank 2: \[batch, frames \* hop_samples\]"),
        ("samples", lambda s: s + 1, r"forced sample \[\d, \d+\] is 256, must be in 0..255"),
        ("temperature", lambda t: 0.0, r"temperature\[0\] is 0, must"),
        ("temperature", lambda t: [1.0, -1.0], r"temperature\[1\] is -1, must"),
        ("state", lambda s: np.zeros((2, 64), np.uint8), "state.* 64"),
    ],
)
def test_a_wrong_input_is_refused(arguments, name, spoil, message):
    arguments[name] = spoil(arguments[name])
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        tf_wavenet.fast_wavenet_score(**arguments)


def test_no_frames_give_no_scores(arguments):
    arguments.update(conditioning=np.zeros((2, 0, 12), np.float32), samples=np.zeros((2, 0), np.int32))
    arguments.update(num_frames=[0, 0], lookahead_frames=[0, 0])
    log_probs, all_log_probs, state = tf_wavenet.fast_wavenet_score(**arguments, all_levels=True)
    assert (log_probs.shape, all_log_probs.shape, state.shape[0]) == ((2, 0), (2, 0, LEVELS), 2)


def test_graphs_of_the_op_know_the_batch_and_refuse_wrong_ranks(arguments):
    def outputs(batch):
        def score(mel, samples, num_frames, state):
            given = {**arguments, "conditioning": mel, "samples": samples, "state": state}
            given |= {"num_frames": num_frames, "lookahead_frames": num_frames}
            return tf_wavenet.fast_wavenet_score(**given)

        specs = ([None, 12], tf.float32), ([None], tf.int32), ([], tf.int32), ([None], tf.uint8)
        signature = [tf.TensorSpec([batch, *shape], dtype) for shape, dtype in specs]
        return tf.function(score, input_signature=signature).get_concrete_function().outputs

    assert [output.shape.as_list() for output in outputs(5)] == [[5, None], [5, None, None], [5, None]]
    assert [output.shape.as_list() for output in outputs(None)] == [[None, None], [None, None, None], [None, None]]
    arguments["samples"] = arguments["samples"][0]
    with pytest.raises(ValueError, match="samples has rank 1, wanted rank 2"):
        tf.function(lambda: tf_wavenet.fast_wavenet_score(**arguments))()


@pytest.mark.parametrize("graph", [False, True])
def test_score_equals_the_engine(tiny_voice, mel, samples, expected, graph):
    score = lambda mel: tf_wavenet.score(tiny_voice, mel, samples, return_all=True)
    result = (tf.function(score) if graph else score)(mel)
    assert np.array_equal(result.log_probs, expected.log_probs)
    assert np.array_equal(result.all_log_probs, expected.all_log_probs)
    assert np.array_equal(result.state, expected.state)


def test_one_utterance_needs_no_batch(tiny_voice, mel, samples, expected):
    result = tf_wavenet.score(tiny_voice, mel[0], samples[0])
    assert np.array_equal(result.log_probs, expected.log_probs[:1])
    assert result.all_log_probs.shape == (1, FRAMES * HOP, 0)


def test_chunks_only_need_to_be_joined(tiny_voice, mel, samples, expected):
    ahead = native.voice_info(tiny_voice).lookahead_frames
    end = 2 + ahead
    first = tf_wavenet.score(tiny_voice, mel[:, :end], samples[:, : end * HOP], lookahead_frames=ahead, return_all=True)
    assert first.log_probs.shape == (2, 2 * HOP) and first.all_log_probs.shape == (2, 2 * HOP, LEVELS)
    rest = tf_wavenet.score(tiny_voice, mel[:, 2:], samples[:, 2 * HOP :], state=first.state)
    assert np.array_equal(tf.concat([first.log_probs, rest.log_probs], axis=1), expected.log_probs)


def test_speech_goes_on_from_a_prompt(tiny_voice, mel):
    """A prompt that is scored leaves the state that speaking it would have left."""
    spoken = native.generate(tiny_voice, mel, seed=[1, 2])
    ahead = native.voice_info(tiny_voice).lookahead_frames
    end = 2 + ahead
    prompt = tf_wavenet.score(tiny_voice, mel[:, :end], spoken.samples[:, : end * HOP], lookahead_frames=ahead)
    rest = tf_wavenet.generate(tiny_voice, mel[:, 2:], seed=[1, 2], state=prompt.state)
    assert np.array_equal(rest.samples, spoken.samples[:, 2 * HOP :])


def test_graphs_know_their_shapes(tiny_voice):
    state_bytes = native.voice_info(tiny_voice).state_bytes

    def shapes(batch, frames, **options):
        specs = tf.TensorSpec([batch, frames, 12]), tf.TensorSpec([batch, frames and frames * HOP], tf.int32)
        score = tf.function(lambda mel, samples: tf_wavenet.score(tiny_voice, mel, samples, **options))
        return [output.shape.as_list() for output in score.get_concrete_function(*specs).outputs]

    assert shapes(2, FRAMES) == [[2, 400], [2, 400, 0], [2, state_bytes]]
    assert shapes(2, FRAMES, return_all=True) == [[2, 400], [2, 400, LEVELS], [2, state_bytes]]
    assert shapes(2, FRAMES, lookahead_frames=2)[0] == [2, 240]
    assert shapes(None, None, return_all=True) == [[None, None], [None, None, LEVELS], [None, state_bytes]]


def test_a_saved_model_scores_the_same(tiny_voice, tmp_path, mel, samples, expected):
    class Scorer(tf.Module):
        def __init__(self):
            self.voice = tf.constant(np.frombuffer(tiny_voice.read_bytes(), np.uint8))

        @tf.function(input_signature=[tf.TensorSpec([None, None, 12]), tf.TensorSpec([None, None], tf.int32)])
        def score(self, mel, samples):
            return tf_wavenet.score(self.voice, mel, samples)._asdict()

    scorer = Scorer()
    tf.saved_model.save(scorer, tmp_path, signatures=scorer.score)
    restored = tf.saved_model.load(tmp_path)
    for score in (restored.score, restored.signatures["serving_default"]):
        result = score(mel=tf.constant(mel), samples=tf.constant(samples))
        assert np.array_equal(result["log_probs"], expected.log_probs)
        assert np.array_equal(result["state"], expected.state)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"samples": np.zeros(320)}, "samples is float64, must be int32"),
        ({"conditioning": np.zeros((4, 12))}, "conditioning is float64, must be float32"),
        ({"temperature": "a"}, "temperature is 'a', must be a number"),
        ({"isa": None}, "isa is None, must be a str"),
        ({"nonlinearities": None}, "nonlinearities is None, must be a str"),
    ],
)
def test_wrong_types_are_refused(tiny_voice, arguments, message):
    arguments = {"conditioning": np.zeros((4, 12), np.float32), "samples": np.zeros(320, np.int32), **arguments}
    with pytest.raises(ValueError, match=message):
        tf_wavenet.score(tiny_voice, **arguments)


def test_a_voice_unknown_to_the_graph_is_refused(tiny_voice, mel, samples):
    voice = np.frombuffer(tiny_voice.read_bytes(), np.uint8)
    with pytest.raises(ValueError, match="voice is a symbolic tensor.*fast_wavenet_score"):
        tf.function(lambda voice: tf_wavenet.score(voice, mel, samples))(voice)

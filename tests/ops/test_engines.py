"""The engines that an op keeps: whoever calls it, with whatever voice, gets what an engine of its own would give."""

import concurrent.futures

import numpy as np
import pytest
import tensorflow as tf

import tf_wavenet
from tf_wavenet import export, native, spec

FRAMES, UTTERANCES = 3, 12
SEEDS = np.arange(UTTERANCES) - 5


@pytest.fixture(scope="module")
def mel():
    return np.random.default_rng(1).normal(size=(UTTERANCES, FRAMES, 12)).astype(np.float32)


@pytest.fixture(scope="module")
def voices(tiny_config, tmp_path_factory):
    """Six voices of one size, uint8 `[bytes]`: two more than an op keeps idle engines."""
    folder, contents = tmp_path_factory.mktemp("voices"), []
    for number in range(6):
        path = folder / f"{number}.gguf"
        export.export_voice(tiny_config, spec.random_tensors(tiny_config.model, number), path, name="one of six")
        contents.append(np.frombuffer(path.read_bytes(), np.uint8))
    assert len({content.size for content in contents}) == 1
    return contents


@pytest.fixture(scope="module")
def expected(voices, mel):
    """Of each voice the samples of all utterances, and the log-probabilities of those that the first voice speaks."""
    spoken = [native.generate(voice, mel, seed=SEEDS, num_threads=1).samples for voice in voices]
    assert len({samples.tobytes() for samples in spoken}) == len(voices)
    return spoken, [native.score(voice, mel, spoken[0], num_threads=1).log_probs for voice in voices]


def kernel(num_threads=2):
    """The op as a function of voice, mel, seed: one kernel, and its engines, for all calls."""

    @tf.function(
        input_signature=[
            tf.TensorSpec([None], tf.uint8),
            tf.TensorSpec([None, None, 12], tf.float32),
            tf.TensorSpec([None], tf.int64),
        ],
        autograph=False,
    )
    def speak(voice, mel, seed):
        batch, frames = tf.shape(mel)[0], tf.shape(mel)[1]
        return tf_wavenet.fast_wavenet_inference(
            voice,
            mel,
            tf.fill([batch], frames),
            tf.zeros([batch], tf.int32),
            seed,
            1.0,
            0,
            tf.zeros([batch, 0], tf.uint8),
            num_threads=num_threads,
        )[0]

    return speak


@pytest.mark.parametrize("num_threads", [0, 1, 2, 3])
def test_a_kernel_speaks_again_and_again(voices, mel, expected, num_threads):
    speak, voice = kernel(num_threads), tf.constant(voices[0])
    for size in (1, 2, UTTERANCES, 1, 5):
        assert np.array_equal(speak(voice, mel[:size], SEEDS[:size]), expected[0][0][:size])


@pytest.mark.parametrize("num_threads", [0, 1, 2])
@pytest.mark.parametrize("parallel_calls", [2, 4, tf.data.AUTOTUNE])
def test_datasets_map_it_in_parallel(voices, mel, expected, parallel_calls, num_threads):
    utterances = tf.data.Dataset.from_tensor_slices((mel, SEEDS.astype(np.int64), expected[0][0]))

    def speak_and_score(mel, seed, samples):
        spoken = tf_wavenet.generate(voices[0], mel, seed=seed, num_threads=num_threads).samples[0]
        return spoken, tf_wavenet.score(voices[1], mel, samples, num_threads=num_threads).log_probs[0]

    mapped = utterances.map(speak_and_score, num_parallel_calls=parallel_calls)
    for _ in range(2):
        spoken, log_probs = zip(*mapped.as_numpy_iterator())
        assert np.array_equal(spoken, expected[0][0])
        assert np.array_equal(log_probs, expected[1][1])


def test_python_threads_share_a_kernel(voices, mel, expected):
    speak, tensors = kernel(), [tf.constant(voice) for voice in voices]
    with concurrent.futures.ThreadPoolExecutor(4) as executor:
        order = list(range(len(voices))) * 4
        for number, samples in zip(order, executor.map(lambda number: speak(tensors[number], mel, SEEDS), order)):
            assert np.array_equal(samples, expected[0][number])


@pytest.mark.parametrize("order", [[0, 1] * 4, [0, 1, 2, 3, 4, 5] * 2], ids=["two", "more than are kept"])
def test_voices_take_turns(voices, mel, expected, order):
    tensors = [tf.constant(voice) for voice in voices]
    score = lambda voice: tf_wavenet.score(voice, mel, expected[0][0]).log_probs
    in_graph = kernel()
    eagerly = lambda voice: tf_wavenet.generate(voice, mel, seed=SEEDS).samples
    for number in order:
        assert np.array_equal(in_graph(tensors[number], mel, SEEDS), expected[0][number])
        assert np.array_equal(eagerly(tensors[number]), expected[0][number])
        assert np.array_equal(score(tensors[number]), expected[1][number])


@pytest.mark.parametrize("graph", [False, True])
def test_a_variable_speaks_with_the_voice_that_it_holds(voices, mel, expected, graph):
    variable = tf.Variable(voices[0], trainable=False)
    speak = lambda: tf_wavenet.generate(variable, mel, seed=SEEDS).samples
    speak = tf.function(speak) if graph else speak
    for number in (0, 1, 1, 0, 2):
        variable.assign(voices[number])
        assert np.array_equal(speak(), expected[0][number])
    # Piece by piece, where TensorFlow writes into the memory that is there if nobody else holds it.
    for begin in range(0, voices[3].size, 1 << 16):
        variable[begin : begin + (1 << 16)].assign(voices[3][begin : begin + (1 << 16)])
    assert np.array_equal(speak(), expected[0][3])


@pytest.mark.parametrize("offset", [0, 16])
def test_borrowed_memory_may_be_given_another_voice(voices, mel, expected, offset):
    """Memory that TensorFlow only borrows is not kept from changing between calls: its checksum tells."""
    memory = np.zeros(voices[0].size + 128, np.uint8)
    start = -memory.ctypes.data % 64 + offset
    place, speak = memory[start : start + voices[0].size], kernel()
    place[:] = voices[0]
    borrowed = tf.experimental.dlpack.from_dlpack(place.__dlpack__())
    for number in (0, 1, 0, 5):
        place[:] = voices[number]
        assert np.array_equal(speak(borrowed, mel, SEEDS), expected[0][number])


def test_a_voice_that_is_refused_spoils_nothing(voices, mel, expected):
    speak, voice, damaged = kernel(), tf.constant(voices[0]), voices[0].copy()
    damaged[-5000] ^= 4
    for _ in range(2):
        assert np.array_equal(speak(voice, mel, SEEDS), expected[0][0])
        with pytest.raises(tf.errors.InvalidArgumentError, match="checksum"):
            speak(tf.constant(damaged), mel, SEEDS)
        with pytest.raises(tf.errors.InvalidArgumentError, match="conditioning.*finite"):
            speak(voice, mel * np.nan, SEEDS)


@pytest.mark.parametrize("form", [list, lambda t: np.array(t, np.float64), lambda t: tf.constant(t, tf.float32)])
@pytest.mark.parametrize("graph", [False, True])
def test_each_utterance_has_its_temperature(voices, mel, form, graph):
    temperature = np.linspace(0.5, 1.5, UTTERANCES).tolist()
    given = form(temperature)
    spoken = native.generate(voices[0], mel, seed=3, temperature=temperature).samples
    scored = native.score(voices[0], mel, spoken, temperature=temperature).log_probs

    def speak_and_score(mel):
        return (
            tf_wavenet.generate(voices[0], mel, seed=3, temperature=given).samples,
            tf_wavenet.score(voices[0], mel, spoken, temperature=given).log_probs,
        )

    found = (tf.function(speak_and_score) if graph else speak_and_score)(mel)
    assert np.array_equal(found[0], spoken) and np.array_equal(found[1], scored)
    alone = native.generate(voices[0], mel[-1], seed=3, temperature=temperature[-1]).samples
    assert np.array_equal(spoken[-1:], alone)


def test_graphs_refuse_temperatures_of_another_rank(voices, mel):
    with pytest.raises(ValueError, match=r"temperature has rank 2, wanted rank 1: \[batch\] or \[\]"):
        tf.function(lambda mel: tf_wavenet.generate(voices[0], mel, temperature=[[1.0]]))(mel)

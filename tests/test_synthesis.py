"""Chunked speech equals whole speech, speech beside others speech alone; features that do not fit are refused."""

import weakref

import numpy as np
import pytest

from tf_wavenet import native, synthesis


@pytest.fixture(scope="module")
def voice(tiny_voice):
    return native.load_voice(tiny_voice)


def mel_of(voice, frames):
    rng = np.random.default_rng(frames)
    return rng.normal(size=(frames, voice.info.conditioning_channels)).astype(np.float32)


@pytest.mark.parametrize("engine", synthesis.ENGINES)
@pytest.mark.parametrize("frames, chunk_frames", [(1, 1), (2, 1), (7, 1), (7, 3), (8, 4), (9, 8), (5, 100)])
def test_chunked_equals_whole(voice, engine, frames, chunk_frames):
    mel = mel_of(voice, frames)
    whole = native.generate(voice, mel, seed=5, temperature=0.9).samples[0]
    chunks = list(synthesis.speak(voice, mel, engine=engine, chunk_frames=chunk_frames, seed=5, temperature=0.9))
    assert len(chunks) == -(-frames // chunk_frames)
    assert np.unique(whole).size > 1
    np.testing.assert_array_equal(np.concatenate(chunks), whole)


LENGTHS = [3, 9, 1, 8, 9]  # Ends within a chunk of 4 frames, at the end of one and within the lookahead of one.


@pytest.mark.parametrize("engine", synthesis.ENGINES)
@pytest.mark.parametrize("chunk_frames", [1, 4, 100])
def test_beside_others_equals_alone(voice, engine, chunk_frames):
    mels, seeds = [mel_of(voice, frames) for frames in LENGTHS], [5, 6, 7, -8, 9]
    spoken = [[] for _ in mels]
    for chunk in synthesis.speak_batch(
        voice, mels, seed=seeds, engine=engine, chunk_frames=chunk_frames, temperature=0.9
    ):
        for b, levels in chunk.items():
            spoken[b].append(levels)
    for b, (mel, seed) in enumerate(zip(mels, seeds)):
        alone = native.generate(voice, mel, seed=seed, temperature=0.9).samples[0]
        assert np.unique(alone).size > 1
        np.testing.assert_array_equal(np.concatenate(spoken[b]), alone)
    assert not np.array_equal(np.concatenate(spoken[1]), np.concatenate(spoken[4]))  # Equal but for their seeds.


def test_a_call_holds_the_utterances_that_have_not_ended(voice, monkeypatch):
    shapes, generate = [], native.Engine.generate
    monkeypatch.setattr(
        native.Engine, "generate", lambda self, mel, **others: shapes.append(mel.shape) or generate(self, mel, **others)
    )
    ahead = voice.info.lookahead_frames
    chunks = synthesis.speak_batch(voice, [mel_of(voice, frames) for frames in LENGTHS], chunk_frames=4)
    assert [sorted(chunk) for chunk in chunks] == [[0, 1, 2, 3, 4], [1, 3, 4], [1, 4]]
    # No longer than what is spoken and its lookahead, however long the utterances.
    assert shapes == [(5, 4 + ahead, 12), (3, 4 + min(1, ahead), 12), (2, 1, 12)]


@pytest.mark.parametrize("engine", synthesis.ENGINES)
def test_an_utterance_may_join_others_that_are_on_their_way(voice, engine):
    chunker = synthesis.Chunker(voice, engine=engine)
    utterances = [synthesis.Utterance(mel_of(voice, frames), seed=frames) for frames in (9, 7)]
    spoken = [[] for _ in utterances]
    for rows, chunk_frames in [([0], 2), ([0, 1], 3), ([1], 1), ([1, 0], 2), ([0, 1], 5)]:
        for row, levels in zip(rows, chunker.speak([utterances[row] for row in rows], chunk_frames)):
            spoken[row].append(levels)
    for utterance, levels in zip(utterances, spoken):
        assert utterance.ended
        alone = native.generate(voice, utterance.conditioning, seed=utterance.seed).samples[0]
        np.testing.assert_array_equal(np.concatenate(levels), alone)


@pytest.fixture
def engines(monkeypatch):
    """Weak references to the engines that were opened."""
    opened, make = [], native.Engine

    def open_engine(*arguments, **options):
        engine = make(*arguments, **options)
        opened.append(weakref.ref(engine))
        return engine

    monkeypatch.setattr(native, "Engine", open_engine)
    return opened


def test_one_engine_speaks_all_chunks_and_ends_with_them(voice, engines):
    chunks = synthesis.speak(voice, mel_of(voice, 7), chunk_frames=1, num_threads=2)
    assert len(engines) == 1 and engines[0]() is not None
    assert len(list(chunks)) == 7
    assert len(engines) == 1 and engines[0]() is None


@pytest.mark.parametrize("heard", [0, 1])
def test_an_engine_ends_when_nobody_hears_the_rest(voice, engines, heard):
    chunks = synthesis.speak(voice, mel_of(voice, 7), chunk_frames=1)
    for _ in range(heard):
        next(chunks)
    del chunks
    assert len(engines) == 1 and engines[0]() is None


@pytest.mark.parametrize("engine", synthesis.ENGINES)
def test_each_utterance_has_its_temperature(voice, engine):
    mels, temperatures = [mel_of(voice, frames) for frames in LENGTHS], [0.5, 0.9, 1.0, 1.5, 2.0]
    spoken = [[] for _ in mels]
    for chunk in synthesis.speak_batch(voice, mels, temperature=temperatures, engine=engine, chunk_frames=4):
        for b, levels in chunk.items():
            spoken[b].append(levels)
    for b, (mel, temperature) in enumerate(zip(mels, temperatures)):
        alone = native.generate(voice, mel, temperature=temperature).samples[0]
        np.testing.assert_array_equal(np.concatenate(spoken[b]), alone)
    assert not np.array_equal(np.concatenate(spoken[1]), np.concatenate(spoken[4]))  # Equal but for temperatures.


def test_one_seed_serves_all(voice):
    mel = mel_of(voice, 2)
    (chunk,) = synthesis.speak_batch(voice, [mel, mel], seed=3)
    np.testing.assert_array_equal(chunk[0], chunk[1])
    np.testing.assert_array_equal(chunk[0], native.generate(voice, mel, seed=3).samples[0])


def test_bad_batches_are_refused_at_once(voice):
    mel = mel_of(voice, 2)
    with pytest.raises(ValueError, match="conditionings holds no utterance"):
        synthesis.speak_batch(voice, [])
    with pytest.raises(ValueError, match=r"conditionings\[1\] has rank 1"):
        synthesis.speak_batch(voice, [mel, mel[0]])
    with pytest.raises(ValueError, match=r"seed has shape \[3\], must be one number or \[2\]"):
        synthesis.speak_batch(voice, [mel, mel], seed=[1, 2, 3])
    with pytest.raises(ValueError, match="seed is float64"):
        synthesis.speak_batch(voice, [mel, mel], seed=0.5)
    with pytest.raises(ValueError, match=r"temperature has shape \[3\], must be one number or \[2\]"):
        synthesis.speak_batch(voice, [mel, mel], temperature=[1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="temperature is 'hot', must be a number"):
        synthesis.speak_batch(voice, [mel, mel], temperature="hot")
    with pytest.raises(ValueError, match="num_threads is 257"):
        synthesis.speak_batch(voice, [mel, mel], num_threads=257)


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_floating_point_features_become_float32(voice, dtype):
    checked = synthesis.check_conditioning(mel_of(voice, 3).astype(dtype), voice.info)
    assert checked.dtype == np.float32
    np.testing.assert_allclose(checked, mel_of(voice, 3), rtol=1e-3)


@pytest.mark.parametrize(
    "conditioning, message",
    [
        (np.zeros((3, 12), np.int32), r"mel is int32, must be floating point \[frames, 12\]"),
        (np.zeros(12, np.float32), r"mel has rank 1 \(shape \[12\]\), must have rank 2"),
        (np.zeros((1, 3, 12), np.float32), "mel has rank 3"),
        (np.zeros((3, 11), np.float32), r"mel.shape\[1\] is 11, the voice expects 12 \(conditioning_channels\)"),
        (np.zeros((0, 12), np.float32), "mel holds no frames"),
        (np.array([[0.0] * 12, [0.0] * 11 + [np.nan]], np.float32), r"mel\[1, 11\] is nan, must be finite \(1 values"),
        (np.full((1, 12), 1e60), r"mel\[0, 0\] is inf"),
    ],
)
def test_refused_features(voice, conditioning, message):
    with pytest.raises(ValueError, match=message):
        synthesis.check_conditioning(conditioning, voice.info, "mel")


def test_bad_arguments_are_refused_at_once(voice):
    with pytest.raises(ValueError, match="chunk_frames is 0"):
        synthesis.speak(voice, mel_of(voice, 1), chunk_frames=0)
    with pytest.raises(ValueError, match="engine is 'gpu', must be one of native, op"):
        synthesis.speak(voice, mel_of(voice, 1), engine="gpu")


@pytest.mark.parametrize("engine", synthesis.ENGINES)
def test_engines_refuse_alike(voice, engine):
    with pytest.raises(ValueError, match="temperature"):
        list(synthesis.speak(voice, mel_of(voice, 1), engine=engine, temperature=-1.0))
    with pytest.raises((ValueError, RuntimeError), match="neon"):
        list(synthesis.speak(voice, mel_of(voice, 1), engine=engine, isa="neon"))


def refusal(voice, engine, **arguments):
    with pytest.raises(ValueError) as raised:
        list(synthesis.speak(voice, mel_of(voice, 1), engine=engine, **arguments))
    return str(raised.value)


@pytest.mark.parametrize("arguments", [{"temperature": -1.0}, {"isa": "neon"}])
def test_engines_refuse_in_the_same_words(voice, arguments):
    assert refusal(voice, "op", **arguments) == refusal(voice, "native", **arguments)


DECORATED = [
    "{{function_node __wrapped__TfWavenet>FastWaveNetInference_device_/job:localhost/device:CPU:0}} it failed "
    "[Op:TfWavenet>FastWaveNetInference] name: ",
    "{{function_node __inference_<lambda>_54}} it failed\n\t [[{{node TfWavenet>FastWaveNetInference}}]] "
    "[Op:__inference_<lambda>_54]",
    "it failed\n\t; NodeDef: {{node A}}; Op<name=A; signature=x:float -> y:float> [Op:A] name: ",
    "it failed",
]


@pytest.mark.parametrize("message", DECORATED)
def test_errors_of_the_op_lose_their_decoration(message):
    import tensorflow as tf

    errors = {tf.errors.InvalidArgumentError: ValueError, tf.errors.InternalError: RuntimeError,
              tf.errors.UnavailableError: RuntimeError}  # fmt: skip
    for theirs, ours in errors.items():
        with pytest.raises(ours, match="^it failed$"), synthesis.op_errors(tf):
            raise theirs(None, None, message)


def test_brackets_of_an_error_of_the_op_are_kept():
    import tensorflow as tf

    message = "conditioning[0, 1] is nan; num_frames {0} [wanted: [B]]"
    with pytest.raises(ValueError) as raised, synthesis.op_errors(tf):
        raise tf.errors.InvalidArgumentError(None, None, message)
    assert str(raised.value) == message

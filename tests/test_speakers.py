"""Voices of several speakers through every way to speak: engine, synthesis, op, in batches and chunks."""

import numpy as np
import pytest

import tf_wavenet
from tf_wavenet import native, synthesis

FRAMES, HOP = 5, 80
NAMES = ("anna", "bert", "carl")


@pytest.fixture(scope="module")
def voice(speakers_voice):
    return native.load_voice(speakers_voice)


@pytest.fixture(scope="module")
def mel():
    """Three times the same utterance: rows differ by their speaker alone."""
    one = np.random.default_rng(1).normal(size=(1, FRAMES, 12)).astype(np.float32)
    return np.repeat(one, 3, axis=0)


@pytest.fixture(scope="module")
def spoken(voice, mel):
    """Levels `[3, N]`, each speaker's alone."""
    levels = [native.generate(voice, mel[0], speaker=speaker).samples[0] for speaker in range(3)]
    assert len({row.tobytes() for row in levels}) == 3
    return np.stack(levels)


def test_a_voice_says_who_speaks(voice, tiny_voice):
    assert voice.info.speakers == NAMES
    assert voice.info.temperature == 0.8  # As it was given, not as float32 has it.
    assert voice.info.preemphasis == 0.9
    info = native.voice_info(tiny_voice)
    assert (info.speakers, info.temperature, info.preemphasis) == ((), 1.0, 0.0)


def test_the_voice_s_temperature_is_the_default(voice, mel, spoken):
    assert np.array_equal(native.generate(voice, mel[0], temperature=0.8).samples[0], spoken[0])
    assert not np.array_equal(native.generate(voice, mel[0], temperature=1.0).samples[0], spoken[0])
    assert np.array_equal(np.concatenate(list(synthesis.speak(voice, mel[0]))), spoken[0])
    assert np.array_equal(tf_wavenet.generate(voice, mel[0]).samples[0], spoken[0])
    # Scores are of the voice as it was trained.
    scores = native.score(voice, mel[0], spoken[0])
    assert np.array_equal(scores.log_probs, native.score(voice, mel[0], spoken[0], temperature=1.0).log_probs)
    assert np.array_equal(tf_wavenet.score(voice, mel[0], spoken[0]).log_probs, scores.log_probs)


@pytest.mark.parametrize(
    "speaker, rows",
    [
        ([2, 0, 1], [2, 0, 1]),
        (["carl", "anna", "bert"], [2, 0, 1]),
        (["", 1, "anna"], [0, 1, 0]),
        (np.array(["bert", "", "carl"]), [1, 0, 2]),
        (np.array([1, 1, 2]), [1, 1, 2]),
        ("bert", [1, 1, 1]),
        ("", [0, 0, 0]),
        (2, [2, 2, 2]),
    ],
)
def test_speakers_by_name_or_number_one_or_each(voice, mel, spoken, speaker, rows):
    assert np.array_equal(native.generate(voice, mel, speaker=speaker).samples, spoken[rows])
    assert np.array_equal(tf_wavenet.generate(voice, mel, speaker=speaker).samples, spoken[rows])
    for engine in synthesis.ENGINES:
        chunks = list(synthesis.speak_batch(voice, mel, speaker=speaker, engine=engine, chunk_frames=2))
        for row in range(3):
            assert np.array_equal(np.concatenate([chunk[row] for chunk in chunks]), spoken[rows[row]])


@pytest.mark.parametrize("schedule", native.SCHEDULES)
def test_every_schedule_knows_the_speakers(voice, mel, spoken, schedule):
    with native.Engine(voice, schedule=schedule, num_threads=2) as engine:
        for row in range(3):
            assert np.array_equal(engine.generate(mel[row], speaker=row).samples[0], spoken[row])
        assert np.array_equal(engine.generate(mel, speaker=[0, 1, 2]).samples, spoken)


def test_chunks_in_graphs_equal_the_whole(voice, mel, spoken):
    import tensorflow as tf

    ahead = voice.info.lookahead_frames
    speak = tf.function(lambda mel, speaker: tf_wavenet.generate(voice, mel, lookahead_frames=ahead, speaker=speaker))
    first = speak(mel[:, : 2 + ahead], tf.constant([2, 1, 0]))
    rest = tf_wavenet.generate(voice, mel[:, 2:], speaker=tf.constant([2, 1, 0]), state=first.state)
    assert np.array_equal(np.concatenate([first.samples, rest.samples], axis=1), spoken[[2, 1, 0]])
    assert np.array_equal(speak(mel[:, : 2 + ahead], tf.constant(1)).samples, np.tile(spoken[1, : 2 * HOP], (3, 1)))


def test_each_speaker_is_scored_by_itself(voice, mel, spoken):
    found = native.score(voice, mel, spoken, temperature=0.8, speaker=list(NAMES), return_draws=True)
    assert np.array_equal(found.draws, spoken)
    by_op = tf_wavenet.score(voice, mel, spoken, temperature=0.8, speaker=["", 1, 2])
    assert np.array_equal(by_op.log_probs, found.log_probs)
    others = native.score(voice, mel, spoken, temperature=0.8, speaker=[1, 2, 0]).log_probs
    assert (found.log_probs != others).any(axis=1).all()


@pytest.mark.parametrize(
    "speaker, message",
    [
        ("dora", "speaker is 'dora', which the voice lacks: it has anna, bert, carl"),
        (["anna", "dora", 0], "speaker is 'dora', which the voice lacks"),
        (3, r"speaker\[0\] is 3, must be in 0..2 \(the voice has 3 speakers\)"),
        ([0, 0, -1], r"speaker\[2\] is -1, must be in 0..2 \(the voice has 3 speakers\)"),
        (1.0, "speaker is float64, must be integers that fit int32"),
        ([0, 1], r"speaker has shape \[2\], must be one number or \[3\], one per utterance"),
        (1 << 40, "speaker spans"),
        (None, "speaker is object, must be integers"),
    ],
)
def test_a_wrong_speaker_is_refused(voice, mel, speaker, message):
    with pytest.raises(ValueError, match=message):
        native.generate(voice, mel, speaker=speaker)
    with pytest.raises(ValueError, match=message):
        native.score(voice, mel, np.zeros((3, FRAMES * HOP), np.int32), speaker=speaker)
    with pytest.raises(ValueError, match=message):
        list(synthesis.speak_batch(voice, mel, speaker=speaker))


def test_a_voice_of_one_speaker_has_no_other(tiny_voice, mel):
    with pytest.raises(ValueError, match="speaker is 'anna', which the voice lacks: its one speaker has no name"):
        native.generate(tiny_voice, mel, speaker="anna")
    with pytest.raises(ValueError, match=r"speaker\[0\] is 1, must be in 0..0 \(the voice has 1 speaker\)"):
        native.generate(tiny_voice, mel, speaker=1)
    first = native.generate(tiny_voice, mel, speaker="").samples
    assert np.array_equal(first, native.generate(tiny_voice, mel).samples)

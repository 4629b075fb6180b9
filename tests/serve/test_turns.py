"""Chunks begin short, grow, and shrink where many share a round; voices take turns."""

import pytest

from tf_wavenet.serve import turns

RATE = 80.0  # Frames per second: 8 first, 20 at most, 40 of a round.


@pytest.mark.parametrize(
    "spoken, ready, frames",
    [
        ([0], 1, 8),
        ([8], 1, 8),
        ([16], 1, 16),
        ([800], 1, 20),
        ([800, 0], 2, 8),  # One who begins is not kept waiting by what others would speak in the same call.
        ([800, 800], 2, 20),
        ([800] * 5, 5, 8),
        ([800] * 10, 10, 4),
        ([0, 800], 10, 4),  # The round counts those of other voices, too.
        ([800], 64, 1),
    ],
)
def test_chunk_frames(spoken, ready, frames):
    assert turns.chunk_frames(spoken, ready, RATE) == frames
    assert frames * ready <= turns.ROUND_SECONDS * RATE or frames == 1


def test_a_chunk_holds_a_frame_however_slow_the_frames():
    assert turns.chunk_frames([0], 10, 1.0) == 1


@pytest.mark.parametrize(
    "ready, last, voice",
    [("abc", None, "a"), ("abc", "a", "b"), ("abc", "c", "a"), ("a", "a", "a"), ("ac", "a", "c"), ("", "a", None)],
)
def test_voices_go_round(ready, last, voice):
    assert turns.next_voice("abc", set(ready), last) == voice

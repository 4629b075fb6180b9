"""Who speaks next, and how much: pure decisions, apart from the threads that carry them out.

In a turn one voice speaks a chunk of every utterance of it that is ready, all in one call and all of one length; then
comes the next voice. A round over all voices holds at most `ROUND_SECONDS` of speech, however many utterances there
are: so none waits longer for its next chunk than it takes to generate those.
"""

from collections.abc import Sequence

FIRST_SECONDS = 0.1  # Heard at once; and nothing that others have in the same call keeps a first chunk waiting.
CHUNK_SECONDS = 0.25  # Long enough that what a call costs by itself does not count.
ROUND_SECONDS = 0.5


def chunk_frames(spoken_frames: Sequence[int], ready: int, frames_per_second: float) -> int:
    """Returns how many frames of each utterance a turn speaks.

    While the one that has spoken least is at its beginning, no more than it has already spoken: a listener then hears
    the last chunk while the next is made, and does not run dry.

    Args:
      spoken_frames: of each utterance of the turn, at least one.
      ready: utterances of all voices that are ready to speak.
      frames_per_second: of the voice.
    """
    first, longest, of_round = (
        max(1, round(seconds * frames_per_second)) for seconds in (FIRST_SECONDS, CHUNK_SECONDS, ROUND_SECONDS / ready)
    )
    return min(max(first, min(spoken_frames)), longest, of_round)


def next_voice(voices: Sequence[str], ready: set[str], last: str | None) -> str | None:
    """Returns the first voice after `last`, going round, of which an utterance is ready; None if there is none."""
    start = voices.index(last) + 1 if last is not None else 0
    order = [*voices[start:], *voices[:start]]
    return next((name for name in order if name in ready), None)

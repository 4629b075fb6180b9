"""Listeners get what they would alone, in turns of which none is left out; who has enough or is gone takes none."""

import asyncio

import numpy as np
import pytest

from tf_wavenet import audio, native
from tf_wavenet.serve import scheduler as scheduling
from tf_wavenet.serve.pcm import pcm16
from tf_wavenet.serve.scheduler import Scheduler


async def heard(scheduler, stream):
    return b"".join([chunk.pcm async for chunk in scheduler.chunks(stream)])


def alone(voices, prepared, seed, temperature=1.0):
    levels = native.generate(voices["first"].voice, prepared.conditioning, seed=seed, temperature=temperature).samples[
        0
    ]
    return pcm16(audio.decode(levels, 256)[: prepared.num_samples])


def test_ten_at_once_take_every_turn_together(two_voices, prepared, calls, quick_rounds):
    utterances = [prepared(mark, 30) for mark in range(10)]

    async def main():
        async with Scheduler(two_voices) as scheduler:
            calls.clear()
            streams = [scheduler.speak("first", utterance, seed=b) for b, utterance in enumerate(utterances)]
            return await asyncio.gather(*(heard(scheduler, stream) for stream in streams))

    spoken = asyncio.run(main())
    # 20 frames of a round for ten: 2 of each, in 15 turns, all in each.
    assert calls == [(list(range(10)), 2)] * 15
    for b, utterance in enumerate(utterances):
        assert spoken[b] == alone(two_voices, utterance, b)
    assert len(set(spoken)) == 10


def test_voices_take_turns_and_one_who_comes_later_is_in_the_next(two_voices, prepared, calls, quick_rounds):
    async def main():
        async with Scheduler(two_voices) as scheduler:
            calls.clear()
            first = scheduler.speak("first", prepared(1, 60))
            second = scheduler.speak("second", prepared(2, 60))
            chunks = scheduler.chunks(first)
            await anext(chunks)
            done = len(calls)
            late = scheduler.speak("first", prepared(3, 20))
            await asyncio.gather(*(heard(scheduler, stream) for stream in (second, late)))
            rest = [chunk async for chunk in chunks]
            return done, rest

    done, rest = asyncio.run(main())
    marks = [marks for marks, _ in calls]
    assert marks[:2] == [[1.0], [2.0]]
    joined = marks.index([1.0, 3.0])
    assert joined <= done + 2  # A turn may have been under way, and the other voice's comes between.
    assert marks[joined : joined + 4] == [[1.0, 3.0], [2.0]] * 2  # Then they alternate.
    assert rest[-1].generated_seconds == 60 * 80 / 16000


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_who_has_seconds_ahead_waits_and_others_do_not(two_voices, prepared, monkeypatch, eventually):
    monkeypatch.setattr(scheduling, "AHEAD_SECONDS", 0.5)
    clock = Clock()

    async def main():
        async with Scheduler(two_voices, clock=clock) as scheduler:
            stream = scheduler.speak("first", prepared(1, 400))  # 2 s.
            task = asyncio.create_task(heard(scheduler, stream))
            await eventually(lambda: stream.waits_seconds(clock.now) > 0)
            spoken = stream.utterance.spoken_frames
            assert 100 < spoken <= 100 + 50  # Half a second, and the chunk that went beyond.
            await heard(scheduler, scheduler.speak("first", prepared(2, 40)))
            assert stream.utterance.spoken_frames == spoken
            clock.now = 2.0  # All has been played meanwhile; another listener's coming wakes the scheduler.
            await heard(scheduler, scheduler.speak("first", prepared(3, 1)))
            assert len(await task) == 2 * 400 * 80

    asyncio.run(main())


def test_what_is_not_taken_is_not_spoken_further(two_voices, prepared, monkeypatch, eventually):
    monkeypatch.setattr(scheduling, "QUEUED_SECONDS", 0.5)

    async def main():
        async with Scheduler(two_voices) as scheduler:
            stream = scheduler.speak("first", prepared(1, 400))  # Nobody takes it.
            await eventually(lambda: stream.waits_seconds(0.0) == float("inf"))
            await heard(scheduler, scheduler.speak("first", prepared(2, 200)))
            assert 100 < stream.utterance.spoken_frames <= 100 + 50
            assert len(await heard(scheduler, stream)) == 2 * 400 * 80  # Taken at last, it goes on.

    asyncio.run(main())


def test_who_cancels_takes_no_more_turns(two_voices, prepared, calls, quick_rounds):
    async def main():
        async with Scheduler(two_voices) as scheduler:
            gone, stays = (scheduler.speak("first", prepared(mark, 200)) for mark in (1, 2))
            async for _ in scheduler.chunks(gone):
                gone.cancel()
                calls.clear()
                break
            await heard(scheduler, stays)
            assert scheduler.speaking == 0

    asyncio.run(main())
    assert len(calls) > 2 and all(marks == [2.0] for marks, _ in calls[1:])  # One may have been under way.


def test_an_error_of_the_engine_reaches_the_one_it_concerns(two_voices, prepared, calls):
    async def main():
        async with Scheduler(two_voices) as scheduler:
            calls.clear()
            bad, good = prepared(1, 60), prepared(2, 60)
            bad.conditioning[45, 0] = np.nan  # Not in its first chunk.
            failing, speaking = scheduler.speak("first", bad), scheduler.speak("first", good, seed=4)
            with pytest.raises(ValueError, match="nan"):
                await heard(scheduler, failing)
            assert calls[0][0] == [1.0, 2.0]
            return await heard(scheduler, speaking), good

    spoken, good = asyncio.run(main())
    assert spoken == alone(two_voices, good, 4)


def test_the_end_of_the_server_ends_utterances(two_voices, prepared):
    async def main():
        async with Scheduler(two_voices) as scheduler:
            stream = scheduler.speak("first", prepared(1, 2000))
        with pytest.raises(RuntimeError, match="shutting down"):
            await heard(scheduler, stream)

    asyncio.run(main())

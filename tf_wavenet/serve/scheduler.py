"""Speaks the utterances of all listeners, chunk by chunk, so that none keeps another waiting (`turns` says how).

One thread runs the engines; all else here belongs to the event loop's thread, so nothing needs a lock.

An utterance is not ready while its listener has enough: more than `QUEUED_SECONDS` that the network has not yet taken,
or more than `AHEAD_SECONDS` that cannot have been played yet. What it would have taken goes to the others.
"""

import asyncio
import concurrent.futures
import dataclasses
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping

import numpy as np

from tf_wavenet import audio, synthesis
from tf_wavenet.serve import turns
from tf_wavenet.serve.library import Prepared, ServedVoice
from tf_wavenet.serve.pcm import pcm16

logger = logging.getLogger(__name__)

AHEAD_SECONDS = 5.0
QUEUED_SECONDS = 2.0


@dataclasses.dataclass(frozen=True)
class Chunk:
    """Speech that follows what came before, and how the utterance stands after it."""

    pcm: bytes  # 16-bit little-endian samples.
    generated_seconds: float  # Of speech, in all.
    engine_seconds: float  # That the calls took in which it was spoken, alone or beside others, in all.
    beside: int  # Utterances that were spoken in the last of them, this one included.


class Stream:
    """One utterance on its way to a listener: an asynchronous iterator over its chunks.

    Made by `Scheduler.speak`. Whoever stops listening calls `cancel`.
    """

    def __init__(self, served: ServedVoice, prepared: Prepared, seed: int, temperature: float, speaker: str | None):
        self.utterance = synthesis.Utterance(
            prepared.conditioning,
            seed=seed,
            temperature=temperature,
            speaker=served.config.model.speaker_index(speaker or ""),
        )
        self.voice = served.name
        self.num_samples = prepared.num_samples
        self.engine_seconds = 0.0
        self.rate_hz = served.voice.info.sample_rate_hz
        self._decoder = audio.Decoder(served.config)
        self._gain = prepared.gain
        self._given = self._queued = 0  # Samples.
        self._started: float | None = None
        self._chunks: asyncio.Queue[Chunk | Exception | None] = asyncio.Queue()
        self._ended = False

    def decode(self, levels: np.ndarray) -> bytes:
        """Returns the samples of the next levels, less those past the end of the recording. Any thread."""
        waveform = self._decoder(levels) / np.float32(self._gain)
        return pcm16(waveform[: max(0, self.num_samples - self._given)])

    def give(self, pcm: bytes, seconds: float, beside: int, now: float) -> None:
        """Queues the next samples, which were spoken in a call that took `seconds`."""
        self._started = now if self._started is None else self._started
        self.engine_seconds += seconds
        self._given += len(pcm) // 2
        self._queued += len(pcm) // 2
        self._chunks.put_nowait(Chunk(pcm, self._given / self.rate_hz, self.engine_seconds, beside))
        if self.utterance.ended:
            self.end()

    def end(self, error: Exception | None = None) -> None:
        """Ends it after what is queued, or with an error. Twice is fine."""
        if not self._ended:
            self._ended = True
            self._chunks.put_nowait(error)

    def cancel(self) -> None:
        """Ends it: nothing more is spoken."""
        self.end()

    @property
    def ended(self) -> bool:
        """Whether no more of it is to be spoken."""
        return self._ended

    def waits_seconds(self, now: float) -> float:
        """Returns for how long its listener has enough; 0 = it is ready, infinity = until chunks have been taken."""
        if self._queued > QUEUED_SECONDS * self.rate_hz:
            return float("inf")
        played = 0.0 if self._started is None else now - self._started
        return max(0.0, self._given / self.rate_hz - played - AHEAD_SECONDS)

    async def chunks(self, taken: Callable[[], None]) -> AsyncIterator[Chunk]:
        """Yields chunks until the end, calls `taken` after each; raises what `end` was given."""
        while (chunk := await self._chunks.get()) is not None:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk
            self._queued -= len(chunk.pcm) // 2
            taken()


class Scheduler:
    """One engine for each voice, which all listeners share.

    async with Scheduler(voices) as scheduler:
        stream = scheduler.speak("default-int16", prepared, seed=1)
        async for chunk in scheduler.chunks(stream): ...
    """

    def __init__(
        self, voices: Mapping[str, ServedVoice], *, num_threads: int = 0, clock: Callable[[], float] = time.monotonic
    ):
        """Args:
        voices: by their names.
        num_threads: of each engine, as in `native.Engine`.
        clock: seconds that pass while listeners play.
        """
        self._voices, self._num_threads, self._clock = voices, num_threads, clock
        self._streams: list[Stream] = []
        self._changed = asyncio.Event()
        self._thread = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="engine")
        self._chunkers: dict[str, synthesis.Chunker] = {}
        self._last: str | None = None
        self._task: asyncio.Task | None = None

    async def __aenter__(self) -> "Scheduler":
        """Opens the engines, so that the first listener need not wait for them; raises what `native.Engine` raises."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._open)
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *exception) -> None:
        self._task.cancel()
        for stream in self._streams:
            stream.end(RuntimeError("the server is shutting down"))
        self._streams.clear()
        await asyncio.gather(self._task, return_exceptions=True)
        self._thread.shutdown()
        self._chunkers.clear()

    @property
    def speaking(self) -> int:
        """Utterances that have not ended."""
        return sum(not stream.ended for stream in self._streams)

    def speak(
        self,
        voice: str,
        prepared: Prepared,
        *,
        seed: int = 0,
        temperature: float | None = None,
        speaker: str | None = None,
    ) -> Stream:
        """Begins an utterance.

        Args:
          voice: its name.
          prepared: what it speaks.
          seed: int64.
          temperature: positive; None = the voice's own.
          speaker: one of the voice's, if it has several.
        """
        served = self._voices[voice]
        temperature = served.temperature if temperature is None else temperature
        stream = Stream(served, prepared, seed, temperature, speaker)
        self._streams.append(stream)
        self._changed.set()
        return stream

    def chunks(self, stream: Stream) -> AsyncIterator[Chunk]:
        """Returns an iterator over the chunks of a stream, as they are spoken."""
        return stream.chunks(self._changed.set)

    def _open(self) -> None:
        for name, served in self._voices.items():
            chunker = synthesis.Chunker(served.voice, num_threads=self._num_threads)
            nothing = np.zeros((1, served.voice.info.conditioning_channels), np.float32)
            chunker.speak([synthesis.Utterance(nothing)], 1)  # Touches its memory, wakes its threads.
            self._chunkers[name] = chunker

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            self._streams = [stream for stream in self._streams if not stream.ended]
            waits = {stream: stream.waits_seconds(self._clock()) for stream in self._streams}
            ready = [stream for stream, seconds in waits.items() if seconds <= 0.0]
            if ready:
                await self._take_turn(ready)
                continue
            try:
                soonest = min(waits.values(), default=float("inf"))
                await asyncio.wait_for(self._changed.wait(), None if soonest == float("inf") else soonest)
            except asyncio.TimeoutError:
                pass

    async def _take_turn(self, ready: list[Stream]) -> None:
        self._last = turns.next_voice(list(self._voices), {stream.voice for stream in ready}, self._last)
        streams = [stream for stream in ready if stream.voice == self._last]
        info = self._voices[self._last].voice.info
        frames = turns.chunk_frames(
            [stream.utterance.spoken_frames for stream in streams], len(ready), info.sample_rate_hz / info.hop_samples
        )
        loop = asyncio.get_running_loop()
        spoken, seconds = await loop.run_in_executor(self._thread, self._timed, streams, frames)
        for stream, pcm in zip(streams, spoken):
            if isinstance(pcm, Exception):
                logger.warning("%s: %s", stream.voice, pcm)
                stream.end(pcm)
            elif not stream.ended:
                stream.give(pcm, seconds, len(streams), self._clock())

    def _timed(self, streams: list[Stream], frames: int) -> tuple[list[bytes | Exception], float]:
        started = time.perf_counter()
        return self._speak(streams, frames), time.perf_counter() - started

    def _speak(self, streams: list[Stream], frames: int) -> list[bytes | Exception]:
        try:
            levels = self._chunkers[streams[0].voice].speak([stream.utterance for stream in streams], frames)
        except (ValueError, RuntimeError) as error:
            if len(streams) == 1:
                return [error]
            # One of them is to blame; alone, the others speak on.
            return [result for stream in streams for result in self._speak([stream], frames)]
        return [stream.decode(of_one) for stream, of_one in zip(streams, levels)]

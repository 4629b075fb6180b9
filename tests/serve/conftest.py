"""A server of tiny voices, and listeners that take what it sends."""

import asyncio
import dataclasses
import json
import shutil

import numpy as np
import pytest
from aiohttp import WSMsgType
from aiohttp.test_utils import TestClient, TestServer

from tf_wavenet import export, spec
from tf_wavenet.serve import app, library, turns


@pytest.fixture(scope="session")
def two_voices(tiny_voice, tiny_config, tmp_path_factory):
    """The tiny voice as "first"; as "second" one with a loudness, a pre-emphasis and a temperature of its own."""
    folder = tmp_path_factory.mktemp("voices")
    first, second = folder / "first.gguf", folder / "second.gguf"
    shutil.copy(tiny_voice, first)
    features = dataclasses.replace(tiny_config.audio, loudness_lufs=-26.0, preemphasis=0.8)
    config = dataclasses.replace(tiny_config, audio=features)
    tensors = spec.random_tensors(config.model, 1)
    export.export_voice(config, tensors, second, name="second", temperature=0.7)
    return library.load_voices([first, second])


@pytest.fixture
def sentences(recording):
    """One sentence of 1.005 s, not a whole number of frames."""
    return library.Sentences({recording(16085): "A tone."})


@pytest.fixture
def make_server(two_voices, sentences):
    """`make_server(max_seconds=2.0, ...)`: a server with those limits."""
    return lambda **limits: app.Server(two_voices, sentences=sentences, limits=app.Limits(**limits))


@pytest.fixture
def visit():
    """`visit(server, use)` runs the server, and `await use(client)` as one who visits it; returns what that returns."""

    def run(server, use):
        async def main():
            async with TestClient(TestServer(server.application())) as client:
                return await use(client)

        return asyncio.run(main())

    return run


@pytest.fixture
def listen():
    """`await listen(client, **request)`: the messages of an utterance, its samples joined under "pcm"."""

    async def until_closed(client, **request):
        messages, pcm = [], b""
        async with client.ws_connect("/ws") as socket:
            await socket.send_str(json.dumps(request))
            async for message in socket:
                if message.type == WSMsgType.BINARY:
                    pcm += message.data
                else:
                    messages.append(json.loads(message.data))
        return {
            "messages": messages,
            "pcm": pcm,
            "error": next((m["message"] for m in messages if "message" in m), None),
        }

    return until_closed


@pytest.fixture
def calls(monkeypatch):
    """The calls of engines while speaking: of each, the first features of its utterances (which tell them apart) and
    the frames that it speaks of each at most."""
    from tf_wavenet import synthesis

    made, speak = [], synthesis.Chunker.speak

    def recorded(self, utterances, chunk_frames):
        made.append(([float(utterance.conditioning[0, 0]) for utterance in utterances], chunk_frames))
        return speak(self, utterances, chunk_frames)

    monkeypatch.setattr(synthesis.Chunker, "speak", recorded)
    return made


@pytest.fixture
def prepared():
    """`prepared(mark, frames)`: features of the tiny voice that begin with the number `mark`."""

    def make(mark, frames):
        mel = np.random.default_rng(frames).normal(size=(frames, 12)).astype(np.float32)
        mel[0, 0] = mark
        return library.Prepared(mel, frames * 80)

    return make


@pytest.fixture
def quick_rounds(monkeypatch):
    """Rounds of few frames, so that short utterances take several turns."""
    monkeypatch.setattr(turns, "ROUND_SECONDS", 0.1)  # 20 frames of the tiny voice.


@pytest.fixture
def eventually():
    """`await eventually(condition)` returns when it holds, and fails if it does not within seconds."""

    async def wait(condition):
        for _ in range(2000):
            if condition():
                return
            await asyncio.sleep(0.005)
        pytest.fail("it did not come about")

    return wait

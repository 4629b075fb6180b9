"""The protocol, whose samples are those of `native.generate`; limits, and what is said where they are passed."""

import asyncio
import io

import numpy as np
import pytest
import soundfile

from tf_wavenet import audio, native, voices
from tf_wavenet.serve import app, library, recordings, session
from tf_wavenet.serve.pcm import pcm16

SECOND = 16000


def expected(server, path, name="first", **arguments):
    """What the engine says to a recording at once, as PCM."""
    voice = server.voices[name]
    waveform = audio.read_wav(path, SECOND)
    gain = audio.loudness.gain(waveform, voice.config.audio)
    mel = audio.log_mel(waveform * np.float32(gain), voice.config.audio)
    levels = native.generate(voice.voice, mel, **{"temperature": voice.temperature, **arguments}).samples[0]
    return pcm16(audio.to_audio(levels, voice.config)[: waveform.size] / np.float32(gain))


def wav(samples, rate_hz=SECOND, **options):
    target = io.BytesIO()
    soundfile.write(target, samples, rate_hz, **{"format": "WAV", **options})
    return target.getvalue()


TONE = 0.3 * np.sin(np.arange(SECOND) * 0.1)


def test_a_sentence_is_what_the_engine_says(make_server, visit, listen, sentences):
    server = make_server()
    (name, path), *_ = sentences.paths.items()
    heard = visit(server, lambda client: listen(client, voice="first", sentence=name, seed=3, temperature=0.8))
    start, *progress, end = heard["messages"]
    assert start == {"type": "start", "sample_rate_hz": SECOND, "samples": 16085}
    assert end == {"type": "end"}
    assert heard["pcm"] == expected(server, path, seed=3, temperature=0.8)
    assert len(progress) > 3 and {message["type"] for message in progress} == {"progress"}
    assert progress[0]["generated_seconds"] == pytest.approx(0.1)  # The first sound is not kept waiting.
    assert progress[-1]["generated_seconds"] == pytest.approx(16085 / SECOND)
    assert all(a["engine_seconds"] < b["engine_seconds"] for a, b in zip(progress, progress[1:]))
    assert {message["beside"] for message in progress} == {1}


def test_a_voice_has_its_loudness_its_preemphasis_and_its_temperature(make_server, visit, listen, sentences):
    server = make_server()
    (name, path), *_ = sentences.paths.items()
    heard = visit(server, lambda client: listen(client, voice="second", sentence=name, seed=3))
    assert server.voices["second"].temperature == 0.7
    assert heard["pcm"] == expected(server, path, "second", seed=3) != expected(server, path, seed=3)


def test_a_recording_is_what_the_engine_says(make_server, visit, listen, recording):
    server = make_server()
    path = recording(30000, 22050, 2)

    async def use(client):
        answer = await client.post("/api/recordings", data=path.read_bytes())
        assert answer.status == 201
        uploaded = await answer.json()
        assert uploaded["seconds"] == pytest.approx(30000 / 22050)
        played = await (await client.get(f"/api/recordings/{uploaded['id']}")).read()
        return played, await listen(client, voice="first", recording=uploaded["id"], seed=1)

    played, heard = visit(server, use)
    samples, rate_hz = soundfile.read(io.BytesIO(played))
    assert samples.shape == (30000,) and rate_hz == 22050
    assert heard["error"] is None and heard["pcm"] == expected(server, path, seed=1)


def test_ten_listeners_hear_what_each_would_alone(make_server, visit, listen, sentences, calls, quick_rounds):
    server = make_server()
    (name, path), *_ = sentences.paths.items()

    prepare, waiting, all_here = server.prepare, [], asyncio.Event()

    async def prepare_together(request):
        waiting.append(request)
        if len(waiting) == 10:
            all_here.set()
        await all_here.wait()
        return await prepare(request)

    server.prepare = prepare_together  # Else the first might have been served before the last has come.

    async def use(client):
        calls.clear()
        return await asyncio.gather(*(listen(client, voice="first", sentence=name, seed=b) for b in range(10)))

    heard = visit(server, use)
    assert [one["pcm"] for one in heard] == [expected(server, path, seed=b) for b in range(10)]
    # While all ten speak, all are in each turn: that is the most that anyone waits for.
    together = [len(marks) for marks, _ in calls]
    assert max(together) == 10
    first, last = together.index(10), len(together) - 1 - together[::-1].index(10)
    assert last - first > 50 and set(together[first : last + 1]) == {10}


def test_who_leaves_is_dropped(make_server, visit, recording, eventually):
    server = make_server(max_seconds=60.0)

    async def use(client):
        body = recording(40 * SECOND).read_bytes()
        name = (await (await client.post("/api/recordings", data=body)).json())["id"]
        async with client.ws_connect("/ws") as socket:
            await socket.send_json({"voice": "first", "recording": name})
            await socket.receive()
            assert server.scheduler.speaking == 1
        await eventually(lambda: server.scheduler.speaking == 0 and server.sessions == 0)

    visit(server, use)


def test_the_library_tells_what_there_is(make_server, visit, sentences):
    async def use(client):
        page = await client.get("/")
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert (await client.get("/static/app.js")).status == 200
        name = next(iter(sentences.paths))
        assert (await (await client.get(f"/api/sentences/{name}")).read()) == sentences.paths[name].read_bytes()
        return await (await client.get("/api/library")).json()

    told = visit(make_server(max_clients=3), use)
    assert [voice["name"] for voice in told["voices"]] == ["first", "second"]
    assert told["voices"][0]["sample_rate_hz"] == SECOND and told["voices"][0]["speakers"] == []
    assert told["sentences"] == [{"id": "tone_16085_16000_1", "text": "A tone.", "seconds": 16085 / SECOND}]
    assert told["limits"]["max_clients"] == 3


@pytest.mark.parametrize(
    "body, status, message",
    [
        (b"", 422, "the file is empty"),
        (b"hello, I am no sound", 422, "not an audio file that can be read"),
        (wav(TONE)[:30], 422, "not an audio file that can be read"),
        (wav(TONE[:800]), 422, "the recording has 0.050 s, must have at least 0.1 s"),
        (wav(np.zeros(SECOND)), 422, "the recording is silent: it holds nothing but zeros"),
        (wav(0.00045 * np.sign(TONE)), 422, "the recording is silent: its peak is -67 dB, must be above -60 dB"),
        (wav(np.tile(TONE, 3)), 422, "the recording has 3.0 s, at most 2 s are taken"),
        (wav(np.zeros(40 * SECOND), format="FLAC"), 422, "the recording has 40.0 s"),  # Small until it is decoded.
        (wav(np.tile(TONE[:2000, None], 9)), 422, "the recording has 9 channels, must have at most 8"),
        (wav(TONE * np.nan, subtype="FLOAT"), 422, "holds samples that are not finite"),
        (b"x" * 300000, 413, "the file is larger than 0.25 MB, which is the limit"),
    ],
)
def test_bad_uploads(make_server, visit, body, status, message):
    server = make_server(max_seconds=2.0, max_upload_mb=0.25)

    async def use(client):
        answer = await client.post("/api/recordings", data=body)
        return answer.status, (await answer.json())["error"]

    found, said = visit(server, use)
    assert (found, message in said) == (status, True), said
    assert "/" not in said  # No path of this machine.


def test_an_upload_that_does_not_tell_its_length_is_limited_too(make_server, visit):
    async def endless():
        while True:
            yield b"x" * 10000

    async def use(client):
        answer = await client.post("/api/recordings", data=endless())
        return answer.status

    assert visit(make_server(max_upload_mb=0.1), use) == 413


@pytest.mark.parametrize(
    "request_, message",
    [
        ({}, "voice is None, must be one of first, second"),
        ({"voice": "third", "sentence": "x"}, "voice is 'third'"),
        ({"voice": ["first"]}, "voice is ['first'], must be a string"),
        ({"voice": "first"}, "either a sentence or a recording"),
        ({"voice": "first", "sentence": "a", "recording": "b"}, "either a sentence or a recording"),
        ({"voice": "first", "sentence": "../x"}, "none of the test sentences"),
        ({"voice": "first", "recording": "../x"}, "not kept any more, upload it again"),
        ({"voice": "first", "recording": "x", "speaker": "slt"}, "speaker is 'slt', must be one of: none"),
        ({"voice": "first", "recording": "x", "seed": 1.5}, "seed is 1.5, must be an integer"),
        ({"voice": "first", "recording": "x", "seed": 1 << 63}, "must be an integer in"),
        ({"voice": "first", "recording": "x", "temperature": 0}, "temperature is 0, must be a number in"),
        ({"voice": "first", "recording": "x", "temperature": float("nan")}, "temperature is nan"),
        ({"voice": "first", "recording": "x", "volume": 11}, "unknown field 'volume'"),
    ],
)
def test_bad_requests(make_server, visit, listen, request_, message):
    heard = visit(make_server(), lambda client: listen(client, **request_))
    assert message in heard["error"] and heard["pcm"] == b""


@pytest.mark.parametrize("text", ["", "speak!", "[1]", "x" * 5000])
def test_what_is_no_request(make_server, visit, text):
    async def use(client):
        async with client.ws_connect("/ws") as socket:
            await socket.send_str(text)
            return [message.data async for message in socket]

    answers = visit(make_server(), use)
    assert all("request" in answer for answer in answers) and len(answers) == (len(text) < 5000)


def test_a_silent_listener_is_asked_to_leave(make_server, visit, monkeypatch):
    monkeypatch.setattr(session, "REQUEST_SECONDS", 0.05)

    async def use(client):
        async with client.ws_connect("/ws") as socket:
            return await socket.receive_json()

    assert "no request within 0.05 s" in visit(make_server(), use)["message"]


def test_more_listeners_than_the_limit(make_server, visit, listen, sentences):
    name = next(iter(sentences.paths))

    async def use(client):
        async with client.ws_connect("/ws"), client.ws_connect("/ws"):
            refused = await listen(client, voice="first", sentence=name)
        return refused, await listen(client, voice="first", sentence=name)

    refused, served = visit(make_server(max_clients=2), use)
    assert "2 listeners are being served" in refused["error"]
    assert served["error"] is None and served["pcm"]


@pytest.mark.parametrize("path", ["/", "/ws", "/api/library", "/static/app.js"])
@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example:8000"}])
def test_pages_of_other_sites_are_refused(make_server, visit, path, headers):
    async def use(client):
        answer = await client.get(path, headers=headers)
        return answer.status, (await answer.json())["error"]

    status, message = visit(make_server(), use)
    assert status == 403 and "evil.example" in message


def test_paths_that_lead_nowhere(make_server, visit):
    async def use(client):
        return [
            (await client.get(path)).status
            for path in ("/x", "/api/sentences/x", "/api/recordings/x", "/static/%2e%2e/app.py")
        ]

    assert visit(make_server(), use) == [404] * 4


def test_the_oldest_recordings_are_forgotten(monkeypatch):
    monkeypatch.setattr(recordings, "KEPT", 2)
    kept = recordings.Recordings()
    names = []
    for _ in range(3):
        path = kept.new_file()
        path.write_bytes(b"x")
        names.append(kept.keep(path))
        kept.path(names[0])  # Used again, it is not the oldest.
    with pytest.raises(KeyError):
        kept.path(names[1])
    assert [path.name for path in sorted(kept.new_file().parent.iterdir())] == sorted([names[0], names[2]])
    folder = kept.new_file().parent
    kept.close()
    assert not folder.exists()


def test_packaged_voices_and_names(tiny_voice):
    names = list(voices.shipped())
    assert names[0] == "default-int16" and len(names) == len(set(names)) > 1
    with pytest.raises(ValueError, match="a voice named 'tiny' was given before"):
        library.load_voices([tiny_voice, tiny_voice])


def test_limits_in_bytes():
    assert app.Limits(max_upload_mb=0.5).max_upload_bytes == 1 << 19

"""One utterance over a WebSocket.

    page    {"voice": NAME, "sentence": ID or "recording": ID, "speaker"?, "seed"?, "temperature"?}
    server  {"type": "start", "sample_rate_hz", "samples"}
            then for each chunk its samples (binary, 16-bit little-endian) and
            {"type": "progress", "generated_seconds", "engine_seconds", "beside"}
            {"type": "end"}  or, at any time, {"type": "error", "message"}; then it closes.

A page that closes the connection is done with the utterance: nothing more of it is spoken.
"""

import asyncio
import contextlib
import json

from aiohttp import WSMsgType, web

from tf_wavenet.serve import request as requests
from tf_wavenet.serve.scheduler import Stream

MAX_REQUEST_BYTES = 4096
REQUEST_SECONDS = 10.0  # Within which a page must say what it wants,
STALLED_SECONDS = 20.0  # and take what it was sent.


async def run(server, request: web.Request) -> web.WebSocketResponse:
    """Speaks what a page asks for.

    Args:
      server: the `app.Server`.
      request: that opens the WebSocket.
    """
    socket = web.WebSocketResponse(max_msg_size=MAX_REQUEST_BYTES, heartbeat=STALLED_SECONDS)
    await socket.prepare(request)
    server.sessions += 1
    try:
        if server.sessions > server.limits.max_clients:
            raise ValueError(f"{server.limits.max_clients} listeners are being served, no more are; try again later")
        await _speak(server, socket)
    except (ValueError, RuntimeError) as error:
        await _send_error(socket, str(error))
    except (ConnectionError, asyncio.TimeoutError):  # Gone, or as good as gone.
        await _send_error(socket, "the listener does not take what it is sent")
    finally:
        server.sessions -= 1
        with contextlib.suppress(ConnectionError, asyncio.TimeoutError):
            await asyncio.wait_for(socket.close(), STALLED_SECONDS)
    return socket


async def _speak(server, socket: web.WebSocketResponse) -> None:
    try:
        message = await socket.receive(timeout=REQUEST_SECONDS)
    except asyncio.TimeoutError:
        raise ValueError(f"no request within {REQUEST_SECONDS:g} s") from None
    if message.type != WSMsgType.TEXT:
        if message.type == WSMsgType.BINARY:
            raise ValueError("the request must be text, a JSON object")
        return
    wanted = requests.parse(message.data, server.voices, server.sentences)
    prepared = await server.prepare(wanted)
    if socket.closed:
        return
    stream = server.scheduler.speak(
        wanted.voice.name, prepared, seed=wanted.seed, temperature=wanted.temperature, speaker=wanted.speaker
    )
    sending = asyncio.create_task(_send(server, socket, stream))
    gone = asyncio.create_task(_until_gone(socket))
    try:
        await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
    finally:
        stream.cancel()
        for task in (sending, gone):
            task.cancel()
        await asyncio.gather(sending, gone, return_exceptions=True)


async def _send(server, socket: web.WebSocketResponse, stream: Stream) -> None:
    await _in_time(_send_json(socket, type="start", sample_rate_hz=stream.rate_hz, samples=stream.num_samples))
    async for chunk in server.scheduler.chunks(stream):
        await _in_time(socket.send_bytes(chunk.pcm))
        await _in_time(
            _send_json(
                socket,
                type="progress",
                generated_seconds=chunk.generated_seconds,
                engine_seconds=chunk.engine_seconds,
                beside=chunk.beside,
            )
        )
    await _in_time(_send_json(socket, type="end"))


async def _until_gone(socket: web.WebSocketResponse) -> None:
    while not socket.closed:
        message = await socket.receive()
        if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
            return


async def _send_json(socket: web.WebSocketResponse, **values) -> None:
    await socket.send_str(json.dumps(values))


async def _send_error(socket: web.WebSocketResponse, message: str) -> None:
    with contextlib.suppress(ConnectionError, asyncio.TimeoutError, RuntimeError):
        if not socket.closed:
            await asyncio.wait_for(_send_json(socket, type="error", message=message), 1.0)


async def _in_time(sending) -> None:
    await asyncio.wait_for(sending, STALLED_SECONDS)

"""The server: routes, limits, messages.

    GET  /                        the page; /static/... what it is made of
    GET  /api/library             voices, sentences, limits
    GET  /api/sentences/ID        a test sentence as recorded (FLAC)
    POST /api/recordings          a recording; answers {id, seconds}
    GET  /api/recordings/ID       the recording as a wav that browsers play
    GET  /ws                      one utterance (`session`)

Errors are JSON: {"error": message}, with a status of 4xx or 5xx.
"""

import asyncio
import concurrent.futures
import dataclasses
import pathlib
import socket
from collections.abc import Mapping

from aiohttp import web

from tf_wavenet.serve import recordings, session
from tf_wavenet.serve.library import Prepared, Sentences, ServedVoice, prepare
from tf_wavenet.serve.origins import refusal
from tf_wavenet.serve.request import SpeakRequest
from tf_wavenet.serve.scheduler import Scheduler

STATIC = pathlib.Path(__file__).resolve().parent / "static"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",  # After an update, the page must not be the old one.
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Limits:
    """What a listener may ask for."""

    max_upload_mb: float = 20.0
    max_seconds: float = 30.0
    max_clients: int = 16  # Utterances at a time, and uploads at a time.

    @property
    def max_upload_bytes(self) -> int:
        """The largest body of an upload."""
        return int(self.max_upload_mb * (1 << 20))


class Server:
    """The application's state, and its handlers."""

    def __init__(
        self,
        voices: Mapping[str, ServedVoice],
        *,
        sentences: Sentences | None = None,
        limits: Limits = Limits(),
        num_threads: int = 0,
        host: str = "127.0.0.1",
    ):
        """Args:
        voices: by their names; the first is what a page offers first.
        sentences: None = those of the package.
        limits: of what may be asked for.
        num_threads: of each voice's engine.
        host: the name or address that is bound.
        """
        self.voices, self.limits = dict(voices), limits
        self.sentences = sentences or Sentences()
        self.recordings = recordings.Recordings()
        self.scheduler = Scheduler(self.voices, num_threads=num_threads)
        self.sessions = 0
        self._uploads = 0
        self._names = {host.lower(), socket.gethostname().lower()}
        # Features are computed beside the engines, by one thread: listeners who speak need the cores more.
        self._analysis = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="analysis")

    def application(self) -> web.Application:
        """Returns the application, which opens the engines when it starts."""
        app = web.Application(middlewares=[self._guard])
        app.cleanup_ctx.append(self._lifetime)
        app.router.add_get("/", self._page)
        app.router.add_static("/static/", STATIC)
        app.router.add_get("/api/library", self._library)
        app.router.add_get("/api/sentences/{id}", self._sentence)
        app.router.add_post("/api/recordings", self._upload)
        app.router.add_get("/api/recordings/{id}", self._recording)
        app.router.add_get("/ws", self._listen)
        return app

    async def analyse(self, function, *arguments):
        """Returns `function(*arguments)`, run by the thread that reads recordings."""
        return await asyncio.get_running_loop().run_in_executor(self._analysis, function, *arguments)

    async def prepare(self, request: SpeakRequest) -> Prepared:
        """Returns what a request wants spoken, ready for its voice; raises `ValueError` if it is not there."""
        config = request.voice.config
        if request.sentence is not None:
            return await self.analyse(self.sentences.prepare, request.sentence, config)
        try:
            path = self.recordings.path(request.recording)
        except KeyError:
            raise ValueError("the recording is not kept any more, upload it again") from None
        return await self.analyse(prepare, path, config)

    async def _lifetime(self, app: web.Application):
        await self.analyse(self._prepare_sentences)
        try:
            async with self.scheduler:
                yield
        finally:
            self._analysis.shutdown()
            self.recordings.close()

    def _prepare_sentences(self) -> None:
        # Here, so that the first listener waits neither for features nor for librosa.
        for voice in self.voices.values():
            for name in self.sentences.paths:
                self.sentences.prepare(name, voice.config)

    @web.middleware
    async def _guard(self, request: web.Request, handler):
        reason = refusal(request.headers.get("Host"), request.headers.get("Origin"), self._names)
        if reason is not None:
            return _error(403, reason)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = _error(error.status, error.text or error.reason)
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _library(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "voices": [voice.describe() for voice in self.voices.values()],
                "sentences": self.sentences.describe(),
                "limits": dataclasses.asdict(self.limits),
            }
        )

    async def _sentence(self, request: web.Request) -> web.StreamResponse:
        path = self.sentences.paths.get(request.match_info["id"])
        if path is None:
            return _error(404, "there is no such test sentence")
        return web.FileResponse(path, headers={"Content-Type": "audio/flac"})

    async def _upload(self, request: web.Request) -> web.Response:
        too_large = _error(413, f"the file is larger than {self.limits.max_upload_mb:g} MB, which is the limit")
        if (request.content_length or 0) > self.limits.max_upload_bytes:
            return too_large
        if self._uploads >= self.limits.max_clients:
            return _error(503, f"{self._uploads} uploads are under way, no more are taken; try again in a moment")
        path = self.recordings.new_file()
        self._uploads += 1
        kept = False
        try:
            if not await _receive(request, path, self.limits.max_upload_bytes):
                return too_large
            seconds = await self.analyse(recordings.check, path, self.limits.max_seconds)
            name = self.recordings.keep(path)
            kept = True
        except recordings.BadRecording as error:
            return _error(422, str(error))
        finally:
            self._uploads -= 1
            if not kept:
                path.unlink(missing_ok=True)
        return web.json_response({"id": name, "seconds": seconds}, status=201)

    async def _recording(self, request: web.Request) -> web.Response:
        try:
            path = self.recordings.path(request.match_info["id"])
        except KeyError:
            return _error(404, "the recording is not kept any more, upload it again")
        return web.Response(body=await self.analyse(recordings.as_wav, path), content_type="audio/wav")

    async def _listen(self, request: web.Request) -> web.WebSocketResponse:
        return await session.run(self, request)


async def _receive(request: web.Request, path: pathlib.Path, max_bytes: int) -> bool:
    """Writes a request's body to a file; returns False, and leaves the rest, if it has more than `max_bytes`."""
    received = 0
    with path.open("wb") as file:
        async for block in request.content.iter_chunked(1 << 16):
            received += len(block)
            if received > max_bytes:
                return False
            file.write(block)
    return True


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status, headers=HEADERS)

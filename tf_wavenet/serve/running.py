"""Listens at an address until the process is told to end."""

import asyncio
import contextlib
import signal
import socket
import webbrowser

from aiohttp import web

from tf_wavenet.serve.app import Server

SHUTDOWN_SECONDS = 2.0  # For listeners to hear that the server ends.


@contextlib.asynccontextmanager
async def listening(server: Server, host: str, port: int):
    """Starts the server, yields the page's URL, ends it.

    Args:
      server: to be started.
      host: address or name to listen on.
      port: 0 = any that is free.

    Raises:
      OSError: if the address cannot be had.
    """
    # Bound first: an address that cannot be had is told before engines are opened and features computed.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        try:
            await runner.setup()
            await web.SockSite(runner, listener).start()
            shown = f"[{host}]" if ":" in host else host
            yield f"http://{shown}:{listener.getsockname()[1]}/"
        finally:
            await runner.cleanup()


async def serve(server: Server, host: str, port: int, *, open_browser: bool = False) -> None:
    """Serves until SIGINT or SIGTERM; arguments and errors as `listening`."""
    ending = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    async with listening(server, host, port) as url:
        print(f"serving {', '.join(server.voices)} at {url} (Ctrl-C ends)", flush=True)
        if open_browser:
            webbrowser.open(url)
        await ending.wait()
    print("ended")

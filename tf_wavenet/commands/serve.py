"""Serves a page on which voices are heard while they speak.

    tf-wavenet serve
    tf-wavenet serve voice.gguf other.gguf --port=0 --open

The page speaks test sentences and recordings that are dropped on it, chunk by chunk as they are generated, and shows
how many times faster than real time that goes, and how much is buffered. Without arguments it offers the voices that
come with the package. Only this machine can reach it, unless --host says otherwise; there is neither encryption nor a
password, so leave it at that on a network that you do not trust.

Listeners share the machine evenly: each turn speaks a chunk of every utterance in one call, and no round over them all
holds more than half a second of speech. Ctrl-C ends the server.
"""

from absl import flags as absl_flags

from tf_wavenet import commands
from tf_wavenet.commands import options


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    absl_flags.DEFINE_list(
        "voices", [], "Voice files, comma-separated; empty = those given without a flag.", flag_values=flags
    )
    absl_flags.DEFINE_string("host", "127.0.0.1", "Address to listen on.", flag_values=flags)
    absl_flags.DEFINE_integer("port", 8000, "Port to listen on; 0 = any that is free.", 0, 65535, flag_values=flags)
    absl_flags.DEFINE_boolean("open", False, "Open the page in the browser of this machine.", flag_values=flags)
    absl_flags.DEFINE_float("max_upload_mb", 20.0, "Largest recording taken, MB.", 0.001, 1024.0, flag_values=flags)
    absl_flags.DEFINE_float("max_seconds", 30.0, "Longest recording taken.", 0.1, 600.0, flag_values=flags)
    absl_flags.DEFINE_integer("max_clients", 16, "Listeners at a time, at most.", 1, 64, flag_values=flags)
    absl_flags.DEFINE_integer(
        "num_threads",
        0,
        "Threads of each voice's engine; 0 = one for each physical core that the process may use.",
        0,
        options.MAX_THREADS,
        flag_values=flags,
    )


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Serves until it is told to end."""
    if flags.voices and arguments:
        raise commands.UsageError("serve: give voices by --voices or without a flag, not both")
    paths = [options.existing_voice(path) for path in flags.voices or arguments]
    try:
        import aiohttp  # noqa: F401
    except ImportError as error:
        raise ImportError("serve needs aiohttp: pip install 'tf-wavenet[serve]'") from error
    import asyncio

    from tf_wavenet.serve import app, library, running

    limits = app.Limits(max_upload_mb=flags.max_upload_mb, max_seconds=flags.max_seconds, max_clients=flags.max_clients)
    server = app.Server(library.load_voices(paths), limits=limits, num_threads=flags.num_threads, host=flags.host)
    asyncio.run(running.serve(server, flags.host, flags.port, open_browser=flags.open))

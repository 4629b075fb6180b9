"""Measures what `tf-wavenet serve` promises its listeners: starts it, comes as one listener and as several at once.

    python tools/measure_serve.py
    python tools/measure_serve.py --clients=1,4,10 --voice=default-int8 --rounds=5

Each listener asks for a test sentence and plays what it gets in its head, as the page does: it begins when 0.1 s are
there, and where it runs dry it waits for twice as much as the last time. Printed for each number of listeners, over all
rounds:

    first sound   from asking, connection included, to the first samples: median and longest, ms
    wait          the longest that a listener waited for a chunk, ms
    gaps          how often, and for how long in all, somebody ran dry, ms
    real time     seconds of speech per second until its last chunk, of the slowest listener
    all           the same, of all listeners together
"""

import argparse
import asyncio
import dataclasses
import json
import re
import statistics
import subprocess
import sys
import time

import aiohttp

NEEDED_SECONDS, MAX_NEEDED_SECONDS = 0.1, 3.0  # As in player-worklet.js.


@dataclasses.dataclass
class Heard:
    """What one listener got: seconds since it asked, and how much speech had come by then."""

    times: list[float]
    seconds: list[float]

    @property
    def first_sound(self) -> float:
        return self.times[0]

    @property
    def longest_wait(self) -> float:
        return max(b - a for a, b in zip([0.0, *self.times], self.times))

    @property
    def real_time(self) -> float:
        return self.seconds[-1] / self.times[-1]

    def gaps(self) -> list[float]:
        """Returns for how long it ran dry, each time, by the rules of player-worklet.js: playing begins when
        `NEEDED_SECONDS` are there; whenever it runs dry it waits for twice as much as the last time, or for the end."""
        needed, gaps = NEEDED_SECONDS, []
        played, since, dry_at = 0.0, None, None  # What had been played at `since`, when playing went on.
        before = 0.0
        for at, seconds in zip(self.times, self.seconds):
            if since is not None and at > since + before - played:  # It ran dry before this chunk came.
                dry_at, since, played = since + before - played, None, before
                needed = min(2 * needed, MAX_NEEDED_SECONDS)
            if since is None and (seconds - played >= needed or seconds == self.seconds[-1]):
                if dry_at is not None:
                    gaps.append(at - dry_at)
                since = at
            before = seconds
        return gaps


async def listen(session: aiohttp.ClientSession, url: str, wanted: dict) -> Heard:
    """Asks for one utterance and takes it to its end."""
    asked, times, seconds, rate_hz, samples = time.perf_counter(), [], [], 1, 0
    async with session.ws_connect(f"{url}ws") as socket:
        await socket.send_str(json.dumps(wanted))
        async for message in socket:
            if message.type == aiohttp.WSMsgType.BINARY:
                samples += len(message.data) // 2
                times.append(time.perf_counter() - asked)
                seconds.append(samples / rate_hz)
                continue
            answer = json.loads(message.data)
            if answer["type"] == "error":
                raise RuntimeError(f"the server says: {answer['message']}")
            rate_hz = answer.get("sample_rate_hz", rate_hz)
    return Heard(times, seconds)


async def measure(url: str, voice: str, clients: int, rounds: int) -> list[list[Heard]]:
    """Returns what the listeners heard, of each round."""
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{url}api/library") as answer:
            library = await answer.json()
        sentences = [sentence["id"] for sentence in library["sentences"]]
        voice = voice or library["voices"][0]["name"]
        heard = []
        for r in range(rounds):
            wanted = [
                {"voice": voice, "sentence": sentences[(r + c) % len(sentences)], "seed": c} for c in range(clients)
            ]
            heard.append(await asyncio.gather(*(listen(session, url, one) for one in wanted)))
    return heard


def row(clients: int, rounds: list[list[Heard]]) -> str:
    """Returns a line of the table."""
    everyone = [heard for listeners in rounds for heard in listeners]
    first = [1e3 * heard.first_sound for heard in everyone]
    gaps = [1e3 * gap for heard in everyone for gap in heard.gaps()]
    together = [
        sum(heard.seconds[-1] for heard in listeners) / max(heard.times[-1] for heard in listeners)
        for listeners in rounds
    ]
    return (
        f"| {clients} | {statistics.median(first):.0f} | {max(first):.0f} "
        f"| {1e3 * max(heard.longest_wait for heard in everyone):.0f} | {len(gaps)} | {sum(gaps):.0f} "
        f"| {min(heard.real_time for heard in everyone):.2f} | {statistics.median(together):.2f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", default="1,10", help="how many listeners at once, comma-separated (default 1,10)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (default 5)")
    parser.add_argument("--voice", default="", help="name of a voice that is served (default: the first)")
    parser.add_argument("--voices", default="", help="voice files to serve (default: those of the package)")
    arguments = parser.parse_args()
    counts = [int(count) for count in arguments.clients.split(",")]
    command = [sys.executable, "-P", "-m", "tf_wavenet.cli", "serve", "--port=0", f"--max_clients={max(counts)}"]
    server = subprocess.Popen([*command, f"--voices={arguments.voices}"], stdout=subprocess.PIPE, text=True)
    try:
        line = server.stdout.readline()
        address = re.search(r"http://\S+", line)
        if address is None:
            raise SystemExit(f"the server did not start: {line}")
        print("| listeners | first sound, median | longest | wait, longest | gaps | ms in all | real time | all |")
        print("|-----------|---------------------|---------|---------------|------|-----------|-----------|-----|")
        for count in counts:
            print(
                row(count, asyncio.run(measure(address.group(), arguments.voice, count, arguments.rounds))), flush=True
            )
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()

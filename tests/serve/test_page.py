"""The page in a browser: it speaks by keyboard, plays to the end, says what is wrong, fits a phone."""

import asyncio
import threading

import numpy as np
import pytest
import soundfile

from tf_wavenet import voices
from tf_wavenet.serve import app, library, running

TIMEOUT_MS = 30_000


@pytest.fixture(scope="module")
def url(tiny_voice):
    """Where a server listens, in a thread of its own; it has the packaged voice, the tiny one and short sentences."""
    texts = dict(sorted(voices.test_sentences().items(), key=lambda item: len(item[1]))[:9])
    server = app.Server(
        library.load_voices([voices.default_voice_path(), tiny_voice]),
        sentences=library.Sentences(texts),
        limits=app.Limits(max_seconds=4.0),
    )
    loop, ready, addresses = asyncio.new_event_loop(), threading.Event(), []
    ending = asyncio.Event()

    async def main():
        async with running.listening(server, "127.0.0.1", 0) as address:
            addresses.append(address)
            ready.set()
            await ending.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()))
    thread.start()
    assert ready.wait(60)
    yield addresses[0]
    loop.call_soon_threadsafe(ending.set)
    thread.join()
    loop.close()


@pytest.fixture
def open_page(chromium, url):
    """`open_page(width=1280, dark=False)`: the page, ready; the test fails if it logs an error or asks elsewhere."""
    pages, wrong = [], []

    def open_one(width=1280, dark=False):
        page = chromium.new_page(
            viewport={"width": width, "height": 860}, color_scheme="dark" if dark else "light", accept_downloads=True
        )
        pages.append(page)
        page.set_default_timeout(TIMEOUT_MS)
        page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: request.url.startswith((url, "blob:", "data:")) or wrong.append(request.url))
        page.goto(url)
        in_state(page, "idle")
        return page

    yield open_one
    for page in pages:
        page.close()
    # The browser's own note of a refused upload; the page tells why.
    assert [text for text in wrong if "422 (Unprocessable Entity)" not in text] == []


def in_state(page, *states):
    page.wait_for_selector(", ".join(f'body[data-state="{state}"]' for state in states))


def figures(page):
    return {
        name: int(value) for name, value in page.evaluate("({...document.body.dataset})").items() if value.isdigit()
    }


@pytest.fixture
def tone(tmp_path):
    """A recording of 0.8 s at another rate than the voice's."""
    path = tmp_path / "my tone.wav"
    soundfile.write(path, 0.3 * np.sin(np.arange(17640) * 0.1), 22050)
    return path


def test_a_sentence_is_spoken_by_keyboard_and_played_to_its_end(open_page, screenshots):
    page = open_page()
    page.focus("#voice")
    for _ in range(3):  # Temperature, seed, the button: all that is needed is reached with the tabulator.
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "speak"
    page.keyboard.press("Enter")
    in_state(page, "playing")
    page.wait_for_function("() => document.body.dataset.played > 12000")
    page.screenshot(path=screenshots / "serve.png")
    assert page.is_enabled("#stop")
    in_state(page, "done")
    heard = figures(page)
    assert heard["played"] == heard["received"] > 16000
    for figure in ("factor", "buffer", "first-sound", "generated", "gaps", "listeners"):
        assert any(letter.isdigit() for letter in page.inner_text(f"#{figure}"))
    with page.expect_download() as download:
        page.click("#download")
    samples, rate_hz = soundfile.read(download.value.path(), dtype="int16")
    assert rate_hz == 16000 and samples.size == heard["played"] and np.abs(samples).max() > 1000
    assert download.value.suggested_filename.startswith("default-int16-")


def test_escape_stops(open_page):
    page = open_page()
    page.click("#speak")
    in_state(page, "playing", "buffering")
    page.keyboard.press("Escape")
    in_state(page, "stopped")
    assert page.is_disabled("#stop") and page.is_enabled("#speak")


def test_a_recording_is_dropped_played_and_spoken(open_page, tone):
    page = open_page()
    page.select_option("#voice", "tiny")
    data = page.evaluate_handle(
        """bytes => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "my tone.wav"));
            return data;
        }""",
        list(tone.read_bytes()),
    )
    page.dispatch_event("body", "drop", {"dataTransfer": data})
    page.wait_for_selector('input[data-kind="recording"]:checked')
    assert "my tone.wav" in page.inner_text("#sources")
    page.click("#original")
    page.wait_for_selector('#original[aria-pressed="true"]')
    page.wait_for_selector('#original[aria-pressed="false"]')  # It has been played.
    page.click("#speak")
    in_state(page, "done")
    assert figures(page)["played"] == 12800


def test_a_bad_file_is_told(open_page, tmp_path):
    page = open_page()
    bad, long = tmp_path / "bad.wav", tmp_path / "long.flac"
    bad.write_text("no sound")
    soundfile.write(long, np.zeros(16000 * 5), 16000)
    for path, message in [(bad, "bad.wav: not an audio file that can be read"), (long, "at most 4 s are taken")]:
        page.set_input_files("#file", path)
        page.wait_for_function(
            "text => document.querySelector('#upload-message').innerText.includes(text)", arg=message
        )
    assert page.locator('input[data-kind="recording"]').count() == 0
    assert page.is_enabled("#speak")


@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_phone(open_page, screenshots, dark):
    page = open_page(375, dark)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    wide = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 375).map(e => e.id)"
    assert page.evaluate(wide) == []
    page.screenshot(path=screenshots / f"serve_phone{'_dark' * dark}.png")


def test_dark_mode_is_dark(open_page, screenshots):
    page = open_page(dark=True)
    lightness = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    assert max(page.evaluate(lightness)) < 60
    page.screenshot(path=screenshots / "serve_dark.png")

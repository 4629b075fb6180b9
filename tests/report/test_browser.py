"""The page in a browser: every player plays, keys switch at the same place, it fits a phone and the dark."""

import time

import pytest

from tf_wavenet import report

TIMEOUT_S = 20
SYSTEMS = 4
SECONDS = 8.0  # Of the first sentence.
FIRST = 3  # Which system is chosen on opening: int16.


def until(page, condition):
    """Waits for an expression of JavaScript; Playwright's own way needs eval, which the page forbids."""
    end = time.monotonic() + TIMEOUT_S
    while not page.evaluate(condition):
        assert time.monotonic() < end, f"not within {TIMEOUT_S} s: {condition}"
        page.wait_for_timeout(20)


@pytest.fixture(scope="module")
def url(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(report.render(content), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def open_page(chromium, url):
    """`open_page(width=1280, **options)`: the page, loaded; the test fails if it logs an error or asks elsewhere."""
    contexts, wrong = [], []

    def open_one(width=1280, **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(1000 * TIMEOUT_S)
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: request.url.startswith((url, "data:")) or wrong.append(request.url[:100]))
        page.goto(url)
        until(page, "[...document.querySelectorAll('audio')].every(audio => audio.readyState >= 2)")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert wrong == []


def place(page, index, card=0):
    return page.evaluate(f"document.querySelectorAll('audio')[{card * SYSTEMS + index}].currentTime")


def playing(page):
    """Indexes of the audio elements that play."""
    return page.evaluate("[...document.querySelectorAll('audio')].flatMap((audio, i) => audio.paused ? [] : [i])")


def chosen(page, card=0):
    """Indexes of a card's buttons that are pressed."""
    return page.evaluate(
        f"[...document.querySelectorAll('.sentence')[{card}].querySelectorAll('.pick')]"
        ".flatMap((button, i) => button.ariaPressed === 'true' ? [i] : [])"
    )


def wait_beyond(page, index, seconds):
    until(page, f"document.querySelectorAll('audio')[{index}].currentTime > {seconds}")


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_every_player_has_its_sound(open_page, content):
    page = open_page()
    durations = page.evaluate("[...document.querySelectorAll('audio')].map(audio => audio.duration)")
    expected = [
        spoken.waveforms[system.key].size / content.sample_rate_hz
        for spoken in content.sentences
        for system in content.systems
    ]
    assert durations == pytest.approx(expected, abs=0.01)
    assert page.locator("audio").first.is_hidden()  # Its card plays it.


def test_keys_play_switch_at_the_same_place_and_pause(open_page, screenshots):
    page = open_page()
    page.keyboard.press("Space")
    wait_beyond(page, FIRST, 0.3)
    assert playing(page) == [FIRST]
    before = place(page, FIRST)
    page.keyboard.press("2")
    wait_beyond(page, 1, before)
    assert playing(page) == [1] and chosen(page) == [1]
    until(page, "document.querySelectorAll('audio')[1].played.length > 0")  # It is at its place before it sounds.
    started = page.evaluate("document.querySelectorAll('audio')[1].played.start(0)")
    assert started == pytest.approx(place(page, FIRST), abs=0.1)
    assert (
        page.locator(".sentence")
        .first.locator("[data-plot=spectrogram] img:visible")
        .get_attribute("alt")
        .endswith("Griffin-Lim")
    )
    page.keyboard.press("Space")
    assert playing(page) == []
    page.screenshot(path=screenshots / "report.png")
    stopped = place(page, 1)
    page.keyboard.press("4")  # Switching while it rests does not play.
    assert playing(page) == [] and place(page, 3) == pytest.approx(stopped, abs=0.01)
    page.keyboard.press("ArrowRight")
    assert place(page, 3) == pytest.approx(stopped + 0.5, abs=0.01)
    at = float(
        page.locator(".cursor").first.evaluate("e => new DOMMatrix(getComputedStyle(e).transform).e / e.offsetWidth")
    )
    assert at == pytest.approx((stopped + 0.5) / SECONDS, abs=0.01)


def test_sound_ends_at_the_beginning_or_loops(open_page):
    page = open_page()
    page.keyboard.press("Space")
    wait_beyond(page, FIRST, 0.1)
    page.keyboard.press("l")
    assert page.is_checked("#loop")
    page.evaluate(f"document.querySelectorAll('audio')[{FIRST}].currentTime = {SECONDS - 0.1}")
    until(page, f"document.querySelectorAll('audio')[{FIRST}].currentTime < 1")
    assert playing(page) == [FIRST]
    page.keyboard.press("l")
    page.evaluate(f"document.querySelectorAll('audio')[{FIRST}].currentTime = {SECONDS - 0.1}")
    until(page, f"(audio => audio.paused && audio.currentTime === 0)(document.querySelectorAll('audio')[{FIRST}])")


def test_tabulator_reaches_all_controls_and_the_space_bar_presses_them(open_page):
    page = open_page()
    page.focus("#shortcuts")
    reached = []
    for _ in range(SYSTEMS + 4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.className"))
    assert reached == ["pick"] * SYSTEMS + ["toggle", "seek", "base", "base"]
    page.locator(".pick").nth(1).focus()
    page.keyboard.press("Space")
    wait_beyond(page, 1, 0.05)
    page.keyboard.press("3")  # The focus goes along, else the next space would press the button of 2.
    wait_beyond(page, 2, 0.1)
    page.keyboard.press("Space")
    assert playing(page) == [] and chosen(page) == [2]


def test_one_sound_at_a_time_and_keys_follow_the_card(open_page):
    page = open_page()
    page.keyboard.press("Space")
    wait_beyond(page, FIRST, 0.05)
    page.locator(".toggle").nth(1).click()
    wait_beyond(page, SYSTEMS + FIRST, 0.05)
    assert playing(page) == [SYSTEMS + FIRST]
    page.keyboard.press("1")
    assert (chosen(page, 0), chosen(page, 1)) == ([FIRST], [0])


def test_keys_can_be_turned_off(open_page):
    page = open_page()
    page.uncheck("#shortcuts")
    page.keyboard.press("2")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("l")
    assert chosen(page) == [FIRST] and not page.is_checked("#loop")


def test_pictures_show_the_difference_that_is_asked_for(open_page):
    page = open_page()
    card = page.locator(".sentence").first
    shown = lambda: card.locator("picture:visible").evaluate_all(
        "all => all.map(p => [p.dataset.system, p.dataset.base])"
    )
    assert shown() == [["c", "original"]]
    card.locator(".base", has_text="f32").click()
    assert shown() == [["c", "b"]]
    page.keyboard.press("2")  # Griffin-Lim is not held against f32.
    assert shown() == [["a", "original"]]
    page.keyboard.press("1")
    assert shown() == [] and card.locator(".nothing").is_visible()
    frame = card.locator(".frame").first
    box = frame.bounding_box()
    frame.click(position={"x": box["width"] / 2, "y": 20})
    assert place(page, 0) == pytest.approx(SECONDS / 2, abs=0.05)


def test_fits_a_phone(open_page, screenshots):
    page = open_page(375, has_touch=True, is_mobile=True, device_scale_factor=2)
    assert overflow(page) == 0
    assert page.locator(".scroll").evaluate("e => e.scrollWidth > e.clientWidth")  # The table scrolls by itself.
    for button in page.locator("button:visible").all():
        assert button.bounding_box()["height"] >= 24
    page.locator(".pick").first.tap()
    wait_beyond(page, 0, 0.05)
    page.screenshot(path=screenshots / "report_phone.png", full_page=True)


def test_dark_and_calm(open_page, screenshots):
    page = open_page(color_scheme="dark", reduced_motion="reduce")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in ground[4:-1].split(",")) < 40
    difference = page.locator("picture:visible img").first
    assert difference.evaluate("img => img.currentSrc !== img.src")  # The dark one.
    page.keyboard.press("Space")
    wait_beyond(page, FIRST, 0.6)
    assert page.locator(".at").first.inner_text() != "0.0"
    page.keyboard.press("Space")
    page.screenshot(path=screenshots / "report_dark.png", full_page=True)


def test_without_javascript_the_players_are_the_browsers(open_page):
    page = open_page(375, java_script_enabled=False)
    assert all(audio.is_visible() for audio in page.locator("audio").all())
    assert page.locator("#keys").is_hidden() and page.locator(".toggle").first.is_hidden()
    shown = (
        page.locator(".sentence").first.locator("[data-plot] img:visible").evaluate_all("all => all.map(i => i.alt)")
    )
    assert shown == ["Spectrogram: WaveNet int16", "Level of WaveNet int16 less that of Original"]
    assert overflow(page) == 0


def test_prints(open_page, tmp_path):
    page = open_page()
    page.emulate_media(media="print")
    assert page.locator("#keys").is_hidden() and page.locator("table").is_visible()
    page.pdf(path=tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").stat().st_size > 10_000

"""The page as text: all inside, everything escaped, what it plays is what was said."""

import base64
import dataclasses
import html.parser
import io
import math

import numpy as np
import pytest
import soundfile

from tf_wavenet import report
from tf_wavenet.evaluation.statistics import Estimate

MAX_STEP = 1.01 / 32768  # 16 bits, rounded.


class Page(html.parser.HTMLParser):
    """Elements of a page with their attributes, and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag, **wanted):
        return [a for t, a in self.elements if t == tag and all(a.get(k) == v for k, v in wanted.items())]


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def decoded(uri):
    head, _, body = uri.partition(",")
    assert head.startswith("data:") and head.endswith(";base64")
    return head[5:-7], base64.b64decode(body, validate=True)


def test_all_that_it_loads_is_inside(page):
    loads = [a[name] for tag, a in page.elements if tag != "a" for name in ("src", "srcset", "href") if name in a]
    assert len(loads) > 20
    assert [url[:60] for url in loads if not url.startswith(("data:", "#"))] == []
    (policy,) = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    assert policy["content"].startswith("default-src 'none';")
    assert "url(" not in "".join(page.words) and "@import" not in "".join(page.words)


def test_audio_is_what_was_said(page, content):
    players = page.all("audio")
    assert len(players) == len(content.sentences) * len(content.systems)
    for number, player in enumerate(players):
        sentence = content.sentences[number // len(content.systems)]
        media_type, encoded = decoded(player["src"])
        samples, rate_hz = soundfile.read(io.BytesIO(encoded))
        assert (media_type, rate_hz) == ("audio/wav", content.sample_rate_hz)
        np.testing.assert_allclose(samples, sentence.waveforms[player["data-system"]], atol=MAX_STEP)


def test_pictures_open_and_have_words(page):
    from PIL import Image

    pictures = [a for a in page.all("img") if a.get("class") != "thumbnail"]
    # A spectrogram of each system; differences of each to the original, of int16 to f32 too.
    assert len(pictures) == 2 * (4 + 3 + 1)
    for attributes in page.all("img"):
        assert Image.open(io.BytesIO(decoded(attributes["src"])[1])).format == "WEBP"
    assert all(attributes["alt"] for attributes in pictures)
    differences = [(a["data-system"], a["data-base"]) for a in page.all("picture")]
    assert set(differences) == {("a", "original"), ("b", "original"), ("c", "original"), ("c", "b")}


def test_texts_are_escaped(html, page, content):
    assert "<script>alert" not in html and "<img src=x" not in html and "A <fast> CPU" not in html
    words = " ".join(page.words)
    for text in (content.sentences[0].text, "A <fast> CPU", content.commands[0][1], "no <b>network</b>"):
        assert text in words or text in [a.get("data-note") for _, a in page.elements]
    assert len(page.all("script")) == 1


def test_table_has_means_intervals_and_the_best(html):
    rows = html.split("<tbody>")[1].split("</tr>")
    assert "codec" in rows[0] and "best" not in rows[0]
    best = [[cell.split("<")[0] for cell in row.split('best">')[1:]] for row in rows[1:4]]
    assert best[0] and best[2] == ["2.200", "3.200"]  # More is better of STOI and PESQ; of the others less.
    difference = html.split('class="differences"')[1]
    assert 'within">+0.100' not in difference and "+0.100</span> <small>±0.050" in difference
    assert 'within">−0.010' in difference


def test_no_interval_no_value_no_ladder(content):
    row = report.Row(name="f32", key="b", estimates={key: Estimate(math.nan, math.nan, 0) for key in content.metrics})
    one = report.Row(name="int16", key="c", estimates={key: Estimate(2.0, math.nan, 1) for key in content.metrics})
    bare = dataclasses.replace(
        content, rows=[row, one], differences=[], ladder=None, num_measured=1, sentences=content.sentences[:1]
    )
    text = report.render(bare)
    assert ">nan" not in text and "nan%" not in text and "±nan" not in text
    assert "tf-wavenet bench --ladder --json=ladder.json" in text and "less WaveNet" not in text


def test_facts(html):
    facts = html.split('class="facts"')[1].split("</dl>")[0]
    for words in ("PESQ, WaveNet int16", "Griffin-Lim 3.00", "PESQ, int16 less f32", "+0.100", "beyond chance", "5.0"):
        assert words in facts


def test_refuses_a_sentence_that_lacks_a_system(content):
    spoken = content.sentences[0]
    short = dataclasses.replace(spoken, waveforms={"original": spoken.waveforms["original"]})
    with pytest.raises(ValueError, match="000000.*must be"):
        report.render(dataclasses.replace(content, sentences=[short]))
    with pytest.raises(ValueError, match="0 sentences"):
        report.render(dataclasses.replace(content, sentences=[]))

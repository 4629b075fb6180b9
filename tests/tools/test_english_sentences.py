import pytest

import english_sentences


def test_sentences_span_lines_but_not_paragraphs():
    lines = ["The ship had left the", "harbour before dawn. Nobody had seen it", "", "go out to the open sea.", ""]
    assert english_sentences.extract(lines) == ["The ship had left the harbour before dawn."]


def test_quotes_and_italics_are_taken_off():
    lines = [
        '"You _must_ come to see us," said the old man. "It isn\'t at all far from here."',
        "",
        "\u201cWe weren\u2019t told of it until today.\u201d",
    ]
    assert english_sentences.extract(lines) == [
        "You must come to see us, said the old man.",
        "It isn't at all far from here.",
        "We weren't told of it until today.",
    ]


def test_the_dot_of_a_title_ends_no_sentence():
    lines = ["They called on Mr. Green and Mrs. White today. Then Dr. Brown came in as well."]
    assert english_sentences.extract(lines) == [
        "They called on Mr. Green and Mrs. White today.",
        "Then Dr. Brown came in as well.",
    ]


def test_a_sentence_occurs_once_whatever_its_case_and_punctuation():
    lines = ["Well, I never saw the like!", "", "Well I never saw the Like.", "", '"Well; I never saw the like?"']
    assert english_sentences.extract(lines) == ["Well, I never saw the like!"]


@pytest.mark.parametrize(
    "sentence",
    [
        "One two three four five.",
        "A twenty-one year old's well-worn coat; it was O'Brien's: no, mine!",
        " ".join(["Word", *["word"] * 23, "word."]),
    ],
)
def test_speakable(sentence):
    assert english_sentences.is_speakable(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "One two three four.",
        " ".join(["Word", *["word"] * 24, "word."]),
        "this one starts with a small letter.",
        "This one has no end mark",
        "This one has 2 of the digits.",
        "This one SHOUTS at all of us.",
        "This one breaks off--and then goes on.",
        "This one is bracketed (in its middle) here.",
        "This one cites www.example.org for its proof.",
        "This one has hats, gloves, etc. in it.",
        "This one has hats, gloves, and etc.",
        "This one asks why? and goes on.",
        "This one has 'single quotes' in it.",
        "This one dined in a caf\u00e9 in town.",
        "This one has *stars* about a word.",
        "This one lasts until the <b>markup</b> ends.",
    ],
)
def test_not_speakable(sentence):
    assert not english_sentences.is_speakable(sentence)


def test_normalized():
    assert english_sentences.normalized("Well, I'd a Twenty-One  year-old; no?") == "well id a twenty one year old no"


def test_order_depends_on_the_seed_and_on_each_sentence_alone():
    sentences = [f"This is sentence number {word}." for word in "one two three four five six seven eight".split()]
    order = english_sentences.shuffled(sentences, 0)
    assert sorted(order) == sorted(sentences)
    assert order == english_sentences.shuffled(sentences[::-1], 0)
    assert order != english_sentences.shuffled(sentences, 1)
    assert english_sentences.shuffled(sentences[:5], 0) == [s for s in order if s in sentences[:5]]


def test_order_is_that_of_sha256():
    """Corpora made before rest on it: the hashes of "0:a b", "0:c d" and "0:e f" begin with 4628, e406 and 5670."""
    assert english_sentences.shuffled(["A b.", "C d.", "E f."], 0) == ["A b.", "E f.", "C d."]

import pytest

import english_sentences
import passages

_LONG = "This is a sentence of thirty words" + " and more" * 11 + " at last."
_SHORT = "So be it."


def _choose(*paragraphs, seed=0):
    return passages.choose([line for paragraph in paragraphs for line in (paragraph, "")], seed)


def test_lengths():
    assert len(_LONG.split()) == 31 and len(_SHORT.split()) == 3


@pytest.mark.parametrize(
    "sentences, is_passage",
    [
        ([_LONG] * 4, True),
        ([_LONG] * 5, True),
        ([_LONG, _SHORT] * 4, True),
        ([_LONG] * 3 + [_SHORT], False),  # too few words
        ([_LONG] * 6, False),  # too many
        ([_LONG[:-1]] + [_LONG] * 3, False),  # three sentences: the first end mark is missing
        ([_LONG] * 4 + ["This could be in a list."], False),
        ([_LONG] * 4 + ["Here--no."], False),  # not to be read aloud as it stands
    ],
)
def test_what_a_passage_is(sentences, is_passage):
    assert _choose("This stands alone here.", " ".join(sentences)) == (" ".join(sentences) if is_passage else "")


def test_marks_that_are_not_spoken_are_taken_off():
    assert _choose(f'"{_LONG}" _{_LONG}_ {_LONG} {_LONG}') == " ".join([_LONG] * 4)


def test_choice_depends_on_the_seed_and_not_on_the_order():
    found = [" ".join([_LONG.replace("more", word)] * 4) for word in "one two three four five six".split()]
    assert {_choose(*found, seed=seed) for seed in range(20)} > {_choose(*found)}
    assert _choose(*found) == _choose(*found[::-1])


def test_no_sentence_of_a_passage_is_one_that_is_extracted():
    assert english_sentences.extract([" ".join([_LONG, _SHORT] * 4)]) == []

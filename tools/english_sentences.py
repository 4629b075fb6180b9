"""Takes plain sentences, fit to be spoken, out of English prose.

Prose comes as lines, with blank lines between paragraphs. A sentence is kept only when it can be read aloud as it
stands: 5 to 25 words of letters with ordinary punctuation and one end mark; no digits, dashes, brackets, capitals for
stress, nor abbreviations other than Mr., Mrs. and Dr. Double quotation marks and the underscores of `_italics_` are
not spoken and are taken off.
"""

import hashlib
import itertools
import re

MIN_WORDS = 5
MAX_WORDS = 25

_PLAIN = str.maketrans({"\u2019": "'", **dict.fromkeys('"_\u201c\u201d')})
_TITLE = r"\b(?:Mr|Mrs|Dr)\."  # what a speaker expands, so its dot ends no sentence
_BOUNDARY = re.compile(r"(?<!\bMr\.)(?<!\bMrs\.)(?<!\bDr\.)(?<=[.!?])\s+(?=[A-Z])")
_WORD = rf"(?:{_TITLE}|[A-Za-z][a-z]*(?:['-][A-Z]?[a-z]+)*)"
_SENTENCE = re.compile(rf"(?!.*\betc\b)(?=[A-Z]){_WORD}(?:[,;:]? {_WORD})*[.!?]")


def normalized(sentence):
    """Folds a sentence to what is compared: lower-case words, no punctuation, one space between words."""
    return " ".join(re.sub(r"[^a-z0-9\s-]", "", sentence.lower()).replace("-", " ").split())


def _paragraphs(lines):
    for is_blank, group in itertools.groupby(lines, key=lambda line: not line.strip()):
        if not is_blank:
            yield " ".join(" ".join(group).split())


def is_speakable(sentence):
    """Whether a sentence can be spoken as it stands (see the head of this file)."""
    return MIN_WORDS <= len(sentence.split()) <= MAX_WORDS and _SENTENCE.fullmatch(sentence) is not None


def extract(lines):
    """Extracts the speakable sentences, each once.

    Args:
      lines: iterable of str, prose with blank lines between paragraphs.

    Returns:
      list of str, in the order of the text; no two are equal once `normalized`.
    """
    found = {}
    for paragraph in _paragraphs(lines):
        for sentence in _BOUNDARY.split(paragraph.translate(_PLAIN)):
            if is_speakable(sentence):
                found.setdefault(normalized(sentence), sentence)
    return list(found.values())


def shuffled(sentences, seed):
    """Orders sentences by a hash of (seed, sentence): the same on every machine and Python version.

    A sentence's place depends on itself alone, so that adding text to the source reorders nothing.
    """
    return sorted(sentences, key=lambda s: hashlib.sha256(f"{seed}:{normalized(s)}".encode()).digest())

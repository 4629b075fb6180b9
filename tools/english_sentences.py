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


def paragraphs(lines):
    """Yields the sentences of each paragraph, a list of str, without quotation marks, readable or not."""
    for is_blank, group in itertools.groupby(lines, key=lambda line: not line.strip()):
        if not is_blank:
            yield _BOUNDARY.split(" ".join(" ".join(group).split()).translate(_PLAIN))


def is_readable(sentence):
    """Whether a sentence can be read aloud as it stands, whatever its length (see the head of this file)."""
    return _SENTENCE.fullmatch(sentence) is not None


def is_speakable(sentence):
    """Whether a sentence is readable and of 5 to 25 words."""
    return MIN_WORDS <= len(sentence.split()) <= MAX_WORDS and is_readable(sentence)


def extract(lines):
    """Extracts the speakable sentences, each once.

    Args:
      lines: iterable of str, prose with blank lines between paragraphs.

    Returns:
      list of str, in the order of the text; no two are equal once `normalized`.
    """
    found = {}
    for paragraph in paragraphs(lines):
        for sentence in paragraph:
            if is_speakable(sentence):
                found.setdefault(normalized(sentence), sentence)
    return list(found.values())


def shuffled(sentences, seed):
    """Orders sentences by a hash of (seed, sentence): the same on every machine and Python version.

    A sentence's place depends on itself alone, so that adding text to the source reorders nothing.
    """
    return sorted(sentences, key=lambda s: hashlib.sha256(f"{seed}:{normalized(s)}".encode()).digest())

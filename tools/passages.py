"""Chooses a passage of connected text out of a prose, to be held out of a corpus and heard as a whole.

A passage is one paragraph of 110 to 160 words, 35 to 55 s of speech, in four or more sentences that can all be read
aloud but are too long or too short for a corpus's lists: holding it out takes no sentence from them.
"""

import english_sentences

MIN_WORDS = 110
MAX_WORDS = 160
MIN_SENTENCES = 4


def _is_passage(paragraph):
    num_words = sum(len(sentence.split()) for sentence in paragraph)
    return (
        len(paragraph) >= MIN_SENTENCES
        and MIN_WORDS <= num_words <= MAX_WORDS
        and all(english_sentences.is_readable(s) and not english_sentences.is_speakable(s) for s in paragraph)
    )


def choose(lines, seed):
    """Returns a passage, str, that of the least hash of (seed, passage); empty if the prose has none.

    Args:
      lines: iterable of str, prose with blank lines between paragraphs.
      seed: int.
    """
    passages = [" ".join(paragraph) for paragraph in english_sentences.paragraphs(lines) if _is_passage(paragraph)]
    return english_sentences.shuffled(passages, seed)[0] if passages else ""

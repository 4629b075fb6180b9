"""A speech corpus of several speakers in a folder: one corpus of speech_corpus.py each, and joint lists.

    slt/  rms/  espeak/                    a corpus of one speaker each; `:` in a name is `-` in its folder's
    train.txt  validation.txt  test.txt    one line a file: slt/wavs/000000.wav|The sentence.|slt
    passage.txt                            the same passage by each: slt/passage.wav|The text.|slt
    corpus.json                            flags, counts, minutes of all, and what each speaker's own corpus.json holds

All speak the same sentences in the same order, so the first ones' wav files have the same names, and the first
speaker's test and validation sentences are everyone's. Minutes are shared evenly.
"""

import os

import speech_corpus
import speech_wav


def _folder(name):
    return name.replace(":", "-")


def _join_lists(output_dir, split, names):
    lines = [
        f"{_folder(name)}/{file}|{sentence}|{name}\n"
        for name in names
        for file, sentence in speech_corpus.read_list(os.path.join(output_dir, _folder(name)), split)
    ]
    speech_corpus.write_whole(os.path.join(output_dir, f"{split}.txt"), "".join(lines))


def make(output_dir, text, speakers, *, minutes, seed=0, test_sentences=20, validation_sentences=60):
    """Makes or takes up the corpus of each speaker, then writes the lists of all.

    Args:
      output_dir: folder; one that holds the same corpus, of any length or unfinished, is taken up.
      text: prose.Prose.
      speakers: dict of name -> speaker (see speech_wav.py), two or more.
      minutes: least minutes of speech, all lists and speakers together.
      seed, test_sentences, validation_sentences: as speech_corpus.make has them, for each speaker.

    Returns:
      dict, what corpus.json holds.

    Raises:
      ValueError: the text or the minutes are too few for the lists, or the folder holds another corpus.
      SpeechError: a speaker could not speak.
    """
    names = list(speakers)
    identity = {
        "text": text.source,
        "text_sha256": text.sha256,
        "speakers": names,
        "sample_rate_hz": speech_wav.SAMPLE_RATE_HZ,
        "seed": seed,
        "sentences_sha256": speech_corpus.order(text, seed)[1],
    }
    speech_corpus.claim_folder(output_dir, identity)
    sizes = {"test_sentences": test_sentences, "validation_sentences": validation_sentences}
    corpora = {}
    for name, speaker in speakers.items():
        like = os.path.join(output_dir, _folder(names[0])) if corpora else None
        corpora[name] = speech_corpus.make(
            os.path.join(output_dir, _folder(name)),
            text,
            speaker,
            minutes=minutes / len(speakers),
            seed=seed,
            like=like,
            **sizes,
        )
    lists = [*speech_corpus.SPLITS, *(["passage"] if corpora[names[0]]["passage_seconds"] else [])]
    for split in lists[::-1]:  # train.txt last: a folder that has it is whole
        _join_lists(output_dir, split, names)
    corpus = {
        **identity,
        "flags": {"minutes": minutes, **sizes},
        "sentences": {
            split: sum(one["sentences"][split] for one in corpora.values()) for split in speech_corpus.SPLITS
        },
        "minutes": {
            split: round(sum(one["minutes"][split] for one in corpora.values()), 3) for split in speech_corpus.SPLITS
        },
        "of_each_speaker": corpora,
    }
    speech_corpus.write_json(os.path.join(output_dir, "corpus.json"), corpus)
    return corpus

"""A speech corpus of one speaker in a folder: sentences of a text, each spoken once, in three lists, and a passage.

    wavs/000000.wav ...                    mono, 16 bit, 16 kHz
    train.txt  validation.txt  test.txt    one line a file: wavs/000000.wav|The sentence.
    passage.wav  passage.txt               connected text whose sentences are in no list; passage.wav|The text.
    corpus.json                            versions, flags, counts, minutes

Sentences are spoken, and numbered, in the order of a hash of the seed and the sentence until there are enough minutes.
The first that last 3 to 6 s make the test list, the first others the validation list, all else is for training: more
minutes only add training sentences. A text that has no passage (see passages.py) gives none. Files appear whole or not
at all, and wav files that are there are kept, so a run that was cut off goes on where it was.
"""

import hashlib
import json
import os

import tqdm

import english_sentences
import passages
import speech_wav

SPLITS = ("train", "validation", "test")
_TEST_SECONDS = (3.0, 6.0)  # long enough to judge by ear, short enough for slow reference generators


def write_whole(path, content):
    with open(path + ".tmp", "w", encoding="utf-8", newline="\n") as file:
        file.write(content)
    os.replace(path + ".tmp", path)


def write_json(path, content):
    write_whole(path, json.dumps(content, indent=2) + "\n")


def claim_folder(output_dir, identity):
    """Makes the folder, or takes up one whose corpus.json holds `identity`, a dict; raises ValueError for others."""
    os.makedirs(output_dir, exist_ok=True)
    path = os.path.join(output_dir, "corpus.json")
    if not os.path.exists(path):
        write_json(path, identity)
        return
    with open(path, encoding="utf-8") as file:
        found = json.load(file)
    for name, wanted in identity.items():
        if found.get(name) != wanted:
            raise ValueError(
                f"{output_dir} holds another corpus: its {name} is {found.get(name)}, wanted {wanted}; "
                "choose another --output_dir or remove that one"
            )


def _speak_or_reuse(speaker, sentence, path):
    try:
        return speech_wav.speech_seconds(path)
    except ValueError:  # not there, or cut off
        return speaker.speak(sentence, path)


def order(text, seed):
    """Returns the sentences of a text in the order in which they are spoken, and the SHA-256 of that."""
    sentences = english_sentences.shuffled(english_sentences.extract(text.lines), seed)
    return sentences, hashlib.sha256("\n".join(sentences).encode()).hexdigest()


def read_list(output_dir, split):
    """Returns the lines of a split's list as (file, sentence); file is relative to the folder."""
    with open(os.path.join(output_dir, f"{split}.txt"), encoding="utf-8") as file:
        return [tuple(line.rstrip("\n").split("|")) for line in file]


def _held_out(like):
    return {name: split for split in ("validation", "test") for name, _ in read_list(like, split)}


def _speak_passage(output_dir, text, speaker, seed):
    """Writes passage.wav and passage.txt; returns the seconds of speech, 0 if the text has no passage."""
    passage = passages.choose(text.lines, seed)
    if not passage:
        return 0.0
    seconds = _speak_or_reuse(speaker, passage, os.path.join(output_dir, "passage.wav"))
    write_whole(os.path.join(output_dir, "passage.txt"), f"passage.wav|{passage}\n")
    return seconds


def make(output_dir, text, speaker, *, minutes, seed=0, test_sentences=20, validation_sentences=60, like=None):
    """Speaks sentences of a text into a folder until there are enough minutes, then writes its lists.

    Args:
      output_dir: folder; one that holds the same corpus, of any length or unfinished, is taken up.
      text: prose.Prose.
      speaker: who speaks; see speech_wav.py.
      minutes: least minutes of speech, all lists together.
      seed: int, seed of the order of the sentences.
      test_sentences: size of the test list, of sentences that last 3 to 6 s.
      validation_sentences: size of the validation list.
      like: folder of a corpus by another speaker, of the same text and seed, whose test and validation sentences are
        taken, however long they last here; None = chosen here.

    Returns:
      dict, what corpus.json holds.

    Raises:
      ValueError: the text or the minutes are too few for the lists, or the folder holds another corpus.
    """
    sentences, sentences_sha256 = order(text, seed)
    identity = {
        "text": text.source,
        "text_sha256": text.sha256,
        speaker.engine: speaker.version,
        "voice": speaker.voice,
        "sample_rate_hz": speech_wav.SAMPLE_RATE_HZ,
        "seed": seed,
        "sentences_sha256": sentences_sha256,
    }
    claim_folder(output_dir, identity)
    os.makedirs(os.path.join(output_dir, "wavs"), exist_ok=True)
    held_out = _held_out(like) if like else None
    lists = {split: [] for split in SPLITS}
    seconds = dict.fromkeys(lists, 0.0)
    with tqdm.tqdm(total=round(60 * minutes), unit="s", desc=speaker.voice) as bar:
        for number, sentence in enumerate(sentences):
            if sum(seconds.values()) >= 60 * minutes:
                break
            name = f"wavs/{number:06d}.wav"
            length = _speak_or_reuse(speaker, sentence, os.path.join(output_dir, name))
            if held_out is not None:
                split = held_out.get(name, "train")
            elif len(lists["test"]) < test_sentences and _TEST_SECONDS[0] <= length <= _TEST_SECONDS[1]:
                split = "test"
            else:
                split = "validation" if len(lists["validation"]) < validation_sentences else "train"
            lists[split].append(f"{name}|{sentence}\n")
            seconds[split] += length
            bar.update(round(sum(seconds.values())) - bar.n)
    counts = {split: len(lines) for split, lines in lists.items()}
    if sum(seconds.values()) < 60 * minutes:
        raise ValueError(
            f"{text.source} has {len(sentences)} usable sentences, which last "
            f"{sum(seconds.values()) / 60:.1f} minutes; --minutes is {minutes:g}"
        )
    if counts["test"] < test_sentences or counts["validation"] < validation_sentences or not counts["train"]:
        raise ValueError(
            f"{minutes:g} minutes give {counts}; wanted {test_sentences} for test, "
            f"{validation_sentences} for validation and the rest for train: ask for more --minutes"
        )
    passage_seconds = _speak_passage(output_dir, text, speaker, seed)
    for split, lines in lists.items():
        write_whole(os.path.join(output_dir, f"{split}.txt"), "".join(lines))
    corpus = {
        **identity,
        "flags": {"minutes": minutes, "test_sentences": test_sentences, "validation_sentences": validation_sentences},
        "sentences_available": len(sentences),
        "sentences": counts,
        "minutes": {split: round(length / 60, 3) for split, length in seconds.items()},
        "passage_seconds": round(passage_seconds, 3),
    }
    write_json(os.path.join(output_dir, "corpus.json"), corpus)
    return corpus

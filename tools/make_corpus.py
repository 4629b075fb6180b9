"""Makes a speech corpus: real English sentences spoken by flite and espeak-ng, each sentence once by each speaker.

    python tools/make_corpus.py --output_dir=build/corpus --minutes=75
    python tools/make_corpus.py --output_dir=build/voices --speakers=slt,rms,awb,espeak --minutes=240

writes wavs, train.txt, validation.txt, test.txt, a held-out passage and corpus.json into --output_dir; speech_corpus.py
says what they hold, joint_corpus.py what there is when there are several speakers. The sentences are from Jane Austen's
six novels as Debian packages them, or from --text_file. The same text, programs and flags give the same bytes. A run
that was cut off goes on where it was; a folder that holds another corpus is refused.

Needs: apt-get install --no-install-recommends espeak-ng flite r-cran-janeaustenr   (espeak-ng only for its speakers)
"""

import sys

from absl import app, flags

import joint_corpus
import prose
import speakers
import speech_corpus
import speech_wav

_OUTPUT_DIR = flags.DEFINE_string("output_dir", None, "Folder to write the corpus into.", required=True)
_MINUTES = flags.DEFINE_float(
    "minutes", 60.0, "Least minutes of speech, all lists and speakers together.", lower_bound=0.0
)
_TEXT_FILE = flags.DEFINE_multi_string(
    "text_file", [], "UTF-8 prose to take the sentences from, blank lines between paragraphs; may be repeated."
)
_AUSTEN_DIR = flags.DEFINE_string(
    "austen_dir", prose.AUSTEN_DIR, "Folder of the R package janeaustenr, read when there is no --text_file."
)
_SPEAKERS = flags.DEFINE_list(
    "speakers",
    ["slt"],
    "Who speaks, separated by commas: voices of flite that speak at 16 kHz, `espeak` (en-us) or `espeak:VOICE` of "
    "espeak-ng. Several share --minutes evenly, and the first chooses the test sentences.",
)
_SEED = flags.DEFINE_integer("seed", 0, "Seed of the order of the sentences.")
_TEST_SENTENCES = flags.DEFINE_integer("test_sentences", 20, "Sentences in test.txt, of each speaker.", lower_bound=0)
_VALIDATION_SENTENCES = flags.DEFINE_integer(
    "validation_sentences", 60, "Sentences in validation.txt, of each speaker.", lower_bound=0
)


def main(argv):
    if len(argv) > 1:
        raise app.UsageError(f"unexpected argument {argv[1]}")
    try:
        text = prose.read_files(_TEXT_FILE.value) if _TEXT_FILE.value else prose.read_austen(_AUSTEN_DIR.value)
        found = speakers.find(_SPEAKERS.value)
        sizes = {
            "minutes": _MINUTES.value,
            "seed": _SEED.value,
            "test_sentences": _TEST_SENTENCES.value,
            "validation_sentences": _VALIDATION_SENTENCES.value,
        }
        if len(found) == 1:
            corpus = speech_corpus.make(_OUTPUT_DIR.value, text, *found.values(), **sizes)
        else:
            corpus = joint_corpus.make(_OUTPUT_DIR.value, text, found, **sizes)
    except (OSError, ValueError, speech_wav.SpeechError) as error:
        sys.exit(f"make_corpus: {error}")
    for split, count in corpus["sentences"].items():
        print(f"{split:10}  {count:5} sentences  {corpus['minutes'][split]:6.1f} minutes")


if __name__ == "__main__":
    app.run(main)

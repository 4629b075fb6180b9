"""Makes a speech corpus: real English sentences spoken by flite, each sentence once.

    python tools/make_corpus.py --output_dir build/corpus --minutes 60

writes wavs/, train.txt, validation.txt, test.txt and corpus.json into --output_dir; speech_corpus.py says what they
hold. The sentences are from Jane Austen's six novels as Debian packages them, or from --text_file. The same text,
flite and flags give the same bytes. A run that was cut off goes on where it was; a folder that holds another corpus is
refused.

Needs: apt-get install --no-install-recommends flite r-cran-janeaustenr
"""

import sys

from absl import app, flags

import flite
import prose
import speech_corpus

_OUTPUT_DIR = flags.DEFINE_string("output_dir", None, "Folder to write the corpus into.", required=True)
_MINUTES = flags.DEFINE_float("minutes", 60.0, "Least minutes of speech, all lists together.", lower_bound=0.0)
_TEXT_FILE = flags.DEFINE_multi_string(
    "text_file", [], "UTF-8 prose to take the sentences from, blank lines between paragraphs; may be repeated."
)
_AUSTEN_DIR = flags.DEFINE_string(
    "austen_dir", prose.AUSTEN_DIR, "Folder of the R package janeaustenr, read when there is no --text_file."
)
_VOICE = flags.DEFINE_string("voice", "slt", "Voice of flite; it must speak at 16 kHz.")
_SEED = flags.DEFINE_integer("seed", 0, "Seed of the order of the sentences.")
_TEST_SENTENCES = flags.DEFINE_integer("test_sentences", 20, "Sentences in test.txt.", lower_bound=0)
_VALIDATION_SENTENCES = flags.DEFINE_integer("validation_sentences", 60, "Sentences in validation.txt.", lower_bound=0)


def main(argv):
    if len(argv) > 1:
        raise app.UsageError(f"unexpected argument {argv[1]}")
    try:
        text = prose.read_files(_TEXT_FILE.value) if _TEXT_FILE.value else prose.read_austen(_AUSTEN_DIR.value)
        corpus = speech_corpus.make(
            _OUTPUT_DIR.value,
            text,
            flite.Flite(_VOICE.value),
            minutes=_MINUTES.value,
            seed=_SEED.value,
            test_sentences=_TEST_SENTENCES.value,
            validation_sentences=_VALIDATION_SENTENCES.value,
        )
    except (OSError, ValueError, flite.FliteError) as error:
        sys.exit(f"make_corpus: {error}")
    for split, count in corpus["sentences"].items():
        print(f"{split:10}  {count:5} sentences  {corpus['minutes'][split]:6.1f} minutes")


if __name__ == "__main__":
    app.run(main)

import json
import wave

import pytest

import joint_corpus
import prose
import speech_corpus
import speech_wav

_NUMBERS = "one two three four five six seven eight nine ten".split()
_PASSAGE = " ".join(f"It took {word} days" + " and a night" * 9 + "." for word in "four five six seven".split())
_TEXT = prose.Prose(
    source="ships 1.0",
    lines=[*(line for a in _NUMBERS for b in _NUMBERS for line in (f"The {a} of us saw {b} ships.", "")), _PASSAGE],
)
_SIZES = {"test_sentences": 3, "validation_sentences": 4}


class _Speaker:
    engine = "fakespeak"
    version = "fake-1.0"

    def __init__(self, voice, seconds_per_word):
        self.voice = voice
        self.num_spoken = 0
        self._seconds_per_word = seconds_per_word

    def speak(self, text, path):
        self.num_spoken += 1
        seconds = len(text.split()) * self._seconds_per_word
        with wave.open(path, "wb") as file:
            file.setparams((1, 2, speech_wav.SAMPLE_RATE_HZ, 0, "NONE", ""))
            file.writeframes(bytes(2 * round(seconds * speech_wav.SAMPLE_RATE_HZ)))
        return seconds


def _speakers():
    return {"quick": _Speaker("quick", 0.5), "slow:en": _Speaker("en", 1.0)}


def _make(folder, speakers=None, text=_TEXT, minutes=4.0):
    return joint_corpus.make(str(folder), text, speakers or _speakers(), minutes=minutes, **_SIZES)


def _list(folder, split):
    return [line.split("|") for line in (folder / f"{split}.txt").read_text().splitlines()]


def _content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_joint_lists_hold_those_of_each_speaker_and_who_speaks(tmp_path):
    _make(tmp_path)
    for split in (*speech_corpus.SPLITS, "passage"):
        wanted = [
            [f"{folder}/{file}", sentence, name]
            for name, folder in (("quick", "quick"), ("slow:en", "slow-en"))
            for file, sentence in _list(tmp_path / folder, split)
        ]
        assert _list(tmp_path, split) == wanted and wanted
        assert all((tmp_path / file).exists() for file, _, _ in wanted)
    assert [sentence for _, sentence, _ in _list(tmp_path, "passage")] == [_PASSAGE, _PASSAGE]


def test_a_speaker_alone_has_the_corpus_that_the_first_has(tmp_path):
    _make(tmp_path / "joint")
    speech_corpus.make(str(tmp_path / "alone"), _TEXT, _Speaker("quick", 0.5), minutes=2.0, **_SIZES)
    assert _content(tmp_path / "alone") == _content(tmp_path / "joint" / "quick")


def test_all_hold_out_the_same_and_train_on_nothing_of_it(tmp_path):
    _make(tmp_path)
    heard = {
        split: {who: {s for _, s, name in _list(tmp_path, split) if name == who} for who in _speakers()}
        for split in speech_corpus.SPLITS
    }
    for split, size in (("test", 3), ("validation", 4)):
        assert heard[split]["quick"] == heard[split]["slow:en"] and len(heard[split]["quick"]) == size
        assert not heard[split]["quick"] & set.union(*heard["train"].values())


def test_minutes_are_shared_and_told(tmp_path):
    corpus = _make(tmp_path)
    assert corpus == json.loads((tmp_path / "corpus.json").read_text())
    each = corpus["of_each_speaker"]
    assert list(each) == corpus["speakers"] == ["quick", "slow:en"]
    for one in each.values():
        assert 2.0 <= sum(one["minutes"].values()) < 2.2
    assert each["quick"]["passage_seconds"] == 62.0
    for split in speech_corpus.SPLITS:
        assert corpus["sentences"][split] == len(_list(tmp_path, split))
        assert corpus["minutes"][split] == pytest.approx(sum(one["minutes"][split] for one in each.values()))


def test_a_second_run_speaks_nothing_and_more_minutes_only_add(tmp_path):
    _make(tmp_path)
    before, lists = _content(tmp_path), {split: _list(tmp_path, split) for split in speech_corpus.SPLITS}
    again = _speakers()
    _make(tmp_path, again)
    assert _content(tmp_path) == before
    assert [speaker.num_spoken for speaker in again.values()] == [0, 0]
    _make(tmp_path, minutes=6.0)
    assert _list(tmp_path, "test") == lists["test"] and _list(tmp_path, "validation") == lists["validation"]
    assert {tuple(line) for line in _list(tmp_path, "train")} > {tuple(line) for line in lists["train"]}


def test_text_without_a_passage_gives_none(tmp_path):
    _make(tmp_path, text=prose.Prose(source="ships 1.0", lines=_TEXT.lines[:-1]))
    assert not list(tmp_path.rglob("passage*"))


@pytest.mark.parametrize("speakers", [{"quick": _Speaker("quick", 0.5)}, dict([*_speakers().items()][::-1])])
def test_a_folder_of_other_speakers_is_refused(tmp_path, speakers):
    _make(tmp_path)
    before = _content(tmp_path)
    with pytest.raises(ValueError, match="holds another corpus: its speakers is"):
        _make(tmp_path, speakers)
    assert _content(tmp_path) == before


def test_joint_and_single_corpora_do_not_mix(tmp_path):
    _make(tmp_path / "joint")
    with pytest.raises(ValueError, match="holds another corpus: its fakespeak is None"):
        speech_corpus.make(str(tmp_path / "joint"), _TEXT, _Speaker("quick", 0.5), minutes=2.0, **_SIZES)
    speech_corpus.make(str(tmp_path / "single"), _TEXT, _Speaker("quick", 0.5), minutes=2.0, **_SIZES)
    with pytest.raises(ValueError, match="holds another corpus: its speakers is None"):
        _make(tmp_path / "single")

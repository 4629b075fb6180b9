import json
import os
import wave

import pytest

import english_sentences
import prose
import speech_corpus
import speech_wav

_NUMBERS = "one two three four five six seven eight nine ten".split()
_SENTENCES = [
    f"The {a} of us saw {b} ships{', all of them far away' * c}." for a in _NUMBERS for b in _NUMBERS for c in (0, 1)
]
_PASSAGE = (
    "Then " + ". Then ".join(" ".join(["we", *[f"sailed {word}"] * 14, "far"]) for word in "on up by in".split()) + "."
)
_LINES = [line for sentence in _SENTENCES for line in (sentence, sentence, "")]
_TEXT = prose.Prose(source="ships 1.0", lines=[*_LINES, _PASSAGE])
_SIZES = {"minutes": 4.0, "test_sentences": 5, "validation_sentences": 7}


class _Speaker:
    """Speaks 0.4 s a word: 2.8 s for the short sentences, 4.8 s for the long."""

    engine = "fakespeak"
    voice = "fake"
    version = "fake-1.0"
    seconds_per_word = 0.4

    def __init__(self, fail_after=None):
        self.spoken = []
        self._fail_after = fail_after

    def speak(self, sentence, path):
        if len(self.spoken) == self._fail_after:
            raise speech_wav.SpeechError("out of breath")
        self.spoken.append(sentence)
        num_samples = round(len(sentence.split()) * self.seconds_per_word * speech_wav.SAMPLE_RATE_HZ)
        with wave.open(path, "wb") as file:
            file.setparams((1, 2, speech_wav.SAMPLE_RATE_HZ, 0, "NONE", ""))
            file.writeframes((sentence.encode() * (2 * num_samples // len(sentence) + 1))[: 2 * num_samples])
        return num_samples / speech_wav.SAMPLE_RATE_HZ


def _make(output_dir, speaker=None, text=_TEXT, **changes):
    return speech_corpus.make(str(output_dir), text, speaker or _Speaker(), **{**_SIZES, **changes})


def _content(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _list(folder, split):
    return [line.split("|") for line in (folder / f"{split}.txt").read_text().splitlines()]


def _lists(folder):
    return {split: _list(folder, split) for split in ("train", "validation", "test")}


def test_lists_name_every_wav_once_and_no_sentence_twice(tmp_path):
    corpus = _make(tmp_path)
    lines = [line for entries in _lists(tmp_path).values() for line in entries]
    assert sorted(name for name, _ in lines) == [f"wavs/{i:06d}.wav" for i in range(len(lines))]
    assert sorted(os.listdir(tmp_path / "wavs")) == [f"{i:06d}.wav" for i in range(len(lines))]
    assert len({english_sentences.normalized(sentence) for _, sentence in lines}) == len(lines)
    assert {sentence for _, sentence in lines} <= set(_SENTENCES)
    assert corpus["sentences"] == {split: len(entries) for split, entries in _lists(tmp_path).items()}
    assert corpus["sentences"]["test"] == 5 and corpus["sentences"]["validation"] == 7


def test_wavs_hold_their_sentences(tmp_path):
    _make(tmp_path)
    for name, sentence in _list(tmp_path, "train"):
        with wave.open(str(tmp_path / name)) as file:
            assert file.readframes(len(sentence) // 2).decode() == sentence[: len(sentence) // 2 * 2]


def test_minutes_are_reached_and_not_by_more_than_one_sentence(tmp_path):
    corpus = _make(tmp_path)
    seconds = [speech_wav.speech_seconds(str(path)) for path in (tmp_path / "wavs").iterdir()]
    assert 4.0 <= sum(seconds) / 60 < 4.0 + max(seconds) / 60
    assert sum(corpus["minutes"].values()) == pytest.approx(sum(seconds) / 60, abs=0.002)


def test_test_sentences_last_3_to_6_seconds(tmp_path):
    _make(tmp_path)
    assert all(3.0 <= speech_wav.speech_seconds(str(tmp_path / name)) <= 6.0 for name, _ in _list(tmp_path, "test"))
    assert any(speech_wav.speech_seconds(str(tmp_path / name)) < 3.0 for name, _ in _list(tmp_path, "validation"))


def test_same_arguments_give_the_same_bytes(tmp_path):
    _make(tmp_path / "a")
    _make(tmp_path / "b")
    assert _content(tmp_path / "a") == _content(tmp_path / "b")


def test_another_seed_gives_another_order(tmp_path):
    _make(tmp_path / "a")
    _make(tmp_path / "b", seed=1)
    assert _list(tmp_path / "a", "test") != _list(tmp_path / "b", "test")


def test_more_minutes_only_add_training_sentences(tmp_path):
    speaker = _Speaker()
    _make(tmp_path / "a", speaker)
    num_spoken = len(speaker.spoken)
    before = _lists(tmp_path / "a")
    _make(tmp_path / "a", speaker, minutes=8.0)
    after = _lists(tmp_path / "a")
    assert after["test"] == before["test"] and after["validation"] == before["validation"]
    assert len(after["train"]) > len(before["train"])
    assert after["train"][: len(before["train"])] == before["train"]
    assert len(speaker.spoken) - num_spoken == len(after["train"]) - len(before["train"])


def test_a_run_that_was_cut_off_goes_on_where_it_was(tmp_path):
    _make(tmp_path / "whole")
    with pytest.raises(speech_wav.SpeechError):
        _make(tmp_path / "cut", _Speaker(fail_after=10))
    assert not (tmp_path / "cut" / "train.txt").exists()
    os.truncate(tmp_path / "cut" / "wavs" / "000004.wav", 1000)
    speaker = _Speaker()
    corpus = _make(tmp_path / "cut", speaker)
    assert len(speaker.spoken) == sum(corpus["sentences"].values()) - 10 + 2  # the one cut off, the passage
    assert _content(tmp_path / "cut") == _content(tmp_path / "whole")


class _OtherVoice(_Speaker):
    voice = "other"


class _OtherVersion(_Speaker):
    version = "fake-1.1"


class _OtherEngine(_Speaker):
    engine = "other"


@pytest.mark.parametrize(
    "name, changes",
    [
        ("seed", {"seed": 1}),
        ("text", {"text": prose.Prose(source="ships 2.0", lines=_TEXT.lines)}),
        ("text_sha256", {"text": prose.Prose(source="ships 1.0", lines=_TEXT.lines[3:])}),
        ("voice", {"speaker": _OtherVoice()}),
        ("fakespeak", {"speaker": _OtherVersion()}),
        ("other", {"speaker": _OtherEngine()}),
    ],
)
def test_a_folder_with_another_corpus_is_refused_and_left_alone(tmp_path, name, changes):
    _make(tmp_path)
    before = _content(tmp_path)
    with pytest.raises(ValueError, match=f"holds another corpus: its {name} is"):
        _make(tmp_path, **changes)
    assert _content(tmp_path) == before


def test_too_little_text_says_how_much_there_is(tmp_path):
    with pytest.raises(ValueError, match="ships 1.0 has 200 usable sentences, which last 12.7 minutes"):
        _make(tmp_path, minutes=60.0)


def test_too_few_minutes_for_the_lists(tmp_path):
    with pytest.raises(ValueError, match="ask for more --minutes"):
        _make(tmp_path, minutes=0.3)


def test_corpus_json_says_what_made_it(tmp_path):
    corpus = _make(tmp_path, seed=3)
    assert corpus == json.loads((tmp_path / "corpus.json").read_text())
    assert (corpus["text"], corpus["fakespeak"], corpus["voice"], corpus["seed"]) == (
        "ships 1.0",
        "fake-1.0",
        "fake",
        3,
    )
    assert corpus["sample_rate_hz"] == 16000 and corpus["flags"] == _SIZES
    assert corpus["sentences_available"] == len(_SENTENCES)
    assert corpus["text_sha256"] == _TEXT.sha256


def test_passage_is_spoken_whole_and_its_sentences_are_in_no_list(tmp_path):
    corpus = _make(tmp_path)
    assert _list(tmp_path, "passage") == [["passage.wav", _PASSAGE]]
    seconds = speech_wav.speech_seconds(str(tmp_path / "passage.wav"))
    assert seconds == pytest.approx(len(_PASSAGE.split()) * 0.4) and corpus["passage_seconds"] == round(seconds, 3)
    held_out = {f"{sentence}." for sentence in _PASSAGE[:-1].split(". ")}
    assert len(held_out) == 4
    assert not held_out & {sentence for lines in _lists(tmp_path).values() for _, sentence in lines}


def test_text_without_a_passage_gives_none(tmp_path):
    corpus = _make(tmp_path, text=prose.Prose(source="ships 1.0", lines=_LINES))
    assert corpus["passage_seconds"] == 0.0
    assert not list(tmp_path.glob("passage*"))


class _SlowSpeaker(_Speaker):
    """Says the short sentences in 3 to 6 s, not the long."""

    voice = "slow"
    seconds_per_word = 0.7


def test_like_another_speaker_the_same_sentences_are_held_out(tmp_path):
    _make(tmp_path / "a")
    _make(tmp_path / "b", _SlowSpeaker(), minutes=8.0, like=str(tmp_path / "a"))
    _make(tmp_path / "c", _SlowSpeaker(), minutes=8.0)
    a, b, c = (_lists(tmp_path / name) for name in "abc")
    assert b["test"] == a["test"] != c["test"]
    assert b["validation"] == a["validation"]


def test_like_another_speaker_with_too_few_minutes(tmp_path):
    _make(tmp_path / "a")
    with pytest.raises(ValueError, match="ask for more --minutes"):
        _make(tmp_path / "b", _SlowSpeaker(), minutes=0.5, like=str(tmp_path / "a"))

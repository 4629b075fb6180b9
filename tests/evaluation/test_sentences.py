import pytest
import soundfile

from tf_wavenet import evaluation


def test_shipped_sentences_are_all_there_and_readable():
    sentences = evaluation.shipped_sentences()
    assert len(sentences) == len({sentence.text for sentence in sentences}) == 12
    for sentence in sentences:
        info = soundfile.info(sentence.path)
        assert (info.samplerate, info.channels, info.subtype) == (16000, 1, "PCM_16")
        assert 3.0 < info.duration < 6.0
        assert len(sentence.text.split()) >= 7
    folder = sentences[0].path.parent
    assert {sentence.path for sentence in sentences} == set(folder.glob("*.flac"))


def test_sentences_of_a_folder(tmp_path):
    for split in ("train", "test"):
        (tmp_path / f"{split}.wav").touch()
        (tmp_path / f"{split}.txt").write_text(f"{split}.wav|Words.\n")
    (sentence,) = evaluation.list_sentences(tmp_path, "test")
    assert (sentence.path, sentence.name) == (tmp_path / "test.wav", "test")


def test_a_passage_is_held_out(tmp_path):
    with pytest.raises(FileNotFoundError, match="passage.txt: missing: the folder has no held-out passage"):
        evaluation.list_sentences(tmp_path, "passage")
    (tmp_path / "passage.txt").write_text("a/passage.wav|Words, words.|a\nb/passage.wav|Words.\n")
    first, second = evaluation.list_sentences(tmp_path, "passage")
    assert (first.path, first.text) == (tmp_path / "a" / "passage.wav", "Words, words.")
    assert (second.path, second.text) == (tmp_path / "b" / "passage.wav", "Words.")


def test_sentences_of_a_speaker(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.wav").touch()
    for split in ("train", "test"):
        (tmp_path / f"{split}.txt").write_text("a.wav|Words.|anna\nb.wav|Words.|bert\n")
    both = evaluation.list_sentences(tmp_path, "test")
    assert [(sentence.text, sentence.speaker) for sentence in both] == [("Words.", "anna"), ("Words.", "bert")]
    assert evaluation.of_speaker(both, "bert") == both[1:]
    with pytest.raises(ValueError, match="speaker is 'carl', the sentences are of anna, bert"):
        evaluation.of_speaker(both, "carl")
    nameless = [evaluation.Sentence(tmp_path / "a.wav")]
    assert evaluation.of_speaker(nameless, "carl") == [evaluation.Sentence(tmp_path / "a.wav", speaker="carl")]

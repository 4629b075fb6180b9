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

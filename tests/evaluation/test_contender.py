import dataclasses

import pytest

from tf_wavenet import evaluation, export, spec, voices
from tf_wavenet.config import VoiceConfig


@pytest.fixture
def tiny(tiny_voice):
    return evaluation.load(tiny_voice)


@pytest.fixture
def rounded(rounded_voice):
    return evaluation.load(rounded_voice)


@pytest.fixture(scope="module")
def deeper_voice(tmp_path_factory, tiny_config):
    config = VoiceConfig(audio=tiny_config.audio, model=dataclasses.replace(tiny_config.model, layers=5))
    path = tmp_path_factory.mktemp("voice") / "deeper.gguf"
    export.export_voice(config, spec.random_tensors(config.model, 0), path, name="deeper")
    return path


def as_integer(contender, precision="int8"):
    """The voice as if its precision were another."""
    voice = dataclasses.replace(contender.voice, info=dataclasses.replace(contender.voice.info, precision=precision))
    return dataclasses.replace(contender, voice=voice)


def test_the_first_f32_voice_of_several_is_the_reference(tiny, rounded):
    integer = as_integer(tiny)
    assert evaluation.with_reference([integer, rounded, tiny]) == ([integer, rounded, tiny], rounded)
    assert evaluation.with_reference([integer]) == ([integer], None)


def test_a_voice_alone_is_not_held_against_itself(tiny, tiny_voice):
    assert evaluation.with_reference([tiny]) == ([tiny], None)
    assert evaluation.with_reference([tiny], tiny_voice) == ([tiny], tiny)  # Unless that is asked for.


def test_a_reference_that_is_no_contender_comes_first(tiny, rounded_voice):
    (reference, contender), chosen = evaluation.with_reference([tiny], rounded_voice)
    assert reference is chosen and chosen.path == rounded_voice and contender is tiny
    # With other nonlinearities it is another voice.
    given = evaluation.load(rounded_voice, "rational")
    (reference, _), chosen = evaluation.with_reference([given], rounded_voice)
    assert reference is chosen and chosen.nonlinearities == ""


def test_packaged_voices_are_held_against_the_one_they_were_made_of(tiny):
    integers = [evaluation.load(voices.default_voice_path(precision)) for precision in ("int16", "int8")]
    (reference, *rest), chosen = evaluation.with_reference(integers)
    assert reference is chosen and chosen.path == voices.default_voice_path("f32") and rest == integers
    others = [*integers, as_integer(tiny)]  # One of them is another voice, whatever its sizes.
    assert evaluation.with_reference(others) == (others, None)


def test_references_that_are_refused(monkeypatch, tmp_path, tiny, tiny_voice, deeper_voice):
    deeper = evaluation.load(deeper_voice)
    with pytest.raises(
        ValueError, match="deeper.gguf does not fit the reference .*tiny.gguf: model.layers is 5, must be 4"
    ):
        evaluation.with_reference([tiny, deeper], tiny_voice)
    assert evaluation.with_reference([tiny, deeper]) == ([tiny, deeper], tiny)  # Compared as far as they fit.
    with pytest.raises(FileNotFoundError, match="none.gguf: no such voice file"):
        evaluation.with_reference([tiny], tmp_path / "none.gguf")
    load = evaluation.contender.load
    monkeypatch.setattr(evaluation.contender, "load", lambda path: as_integer(load(path), "int16"))
    with pytest.raises(ValueError, match="tiny.gguf: is int16, a reference must be f32"):
        evaluation.with_reference([tiny], tiny_voice)


def test_names_are_short_where_that_is_enough(tmp_path, tiny, rounded):
    assert evaluation.names([tiny, rounded]) == ["tiny.gguf", "rounded.gguf"]
    other = dataclasses.replace(tiny, path=tmp_path / "tiny.gguf")
    assert evaluation.names([tiny, other]) == [str(tiny.path), str(other.path)]

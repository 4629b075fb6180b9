"""From an evaluation to the page's contents."""

import dataclasses

import numpy as np
import pytest
import scipy.signal
import soundfile

from tf_wavenet import evaluation, export, report, spec


@pytest.fixture(scope="module")
def sentences(tmp_path_factory):
    """Two short ones: a second of an engine's hum."""
    found = []
    for number in range(2):
        path = tmp_path_factory.mktemp("recordings") / f"{number}.wav"
        soundfile.write(path, 0.2 * scipy.signal.sawtooth(np.arange(16000) * (0.05 + 0.01 * number)), 16000)
        found.append(evaluation.Sentence(path, f"hum {number}"))
    return found


@pytest.fixture(scope="module")
def measured(tiny_voice, sentences):
    contender = evaluation.load(tiny_voice)
    loud = evaluation.load(tiny_voice, "libm")
    systems = [
        evaluation.baseline("codec", contender.config),
        evaluation.baseline("griffin-lim", contender.config),
        evaluation.voice(contender, "first.gguf"),
        evaluation.scheduled(contender, "single"),
        evaluation.voice(loud, "second.gguf"),
    ]
    return evaluation.evaluate_systems(
        systems,
        sentences,
        {"stoi": evaluation.METRICS["stoi"]},
        reference=contender,
        likelihoods=False,
        keep_audio=True,
    )


def test_players_rows_and_differences(measured):
    found = report.gather(measured, machine={}, commands=[], date="", num_players=1)
    names = {system.key: system.name for system in found.systems}
    assert list(names.values()) == ["Original", "Griffin-Lim", "first.gguf", "second.gguf"]  # No codec, no schedule.
    assert [row.name for row in found.rows][::4] == ["mu-law codec", "second.gguf"] and len(found.rows) == 5
    assert [(row.name, row.base) for row in found.differences] == [("second.gguf", "first.gguf")]
    assert [names.get(system.base, "") for system in found.systems] == ["", "", "", "first.gguf"]
    assert (len(found.sentences), found.num_measured) == (1, 2)
    spoken = found.sentences[0]
    assert (spoken.name, spoken.text) == ("0", "hum 0") and set(spoken.waveforms) == set(names)
    assert spoken.waveforms["original"] is measured.originals[0]
    for key, index in (("system-1", 1), ("system-4", 4)):
        assert spoken.waveforms[key] is measured.results[index][0].audio
        assert spoken.measures[key] == measured.results[index][0].metrics
    assert found.systems[2].times_real_time == measured.times_real_time(2)


def test_refuses_an_evaluation_without_audio(measured):
    silent = evaluation.evaluate_systems(measured.systems[:1], measured.sentences[:1], {}, likelihoods=False)
    with pytest.raises(ValueError, match="keep_audio"):
        report.gather(silent, machine={}, commands=[], date="")


def test_refuses_voices_of_several_rates(tmp_path, tiny_voice, tiny_config):
    config = dataclasses.replace(tiny_config, audio=dataclasses.replace(tiny_config.audio, sample_rate_hz=22050))
    export.export_voice(config, spec.random_tensors(config.model, 0), tmp_path / "other.gguf", name="other")
    systems = evaluation.all_systems([evaluation.load(tiny_voice), evaluation.load(tmp_path / "other.gguf")], [])
    with pytest.raises(ValueError, match="16000 and 22050 Hz"):
        report.sample_rate_of(systems)

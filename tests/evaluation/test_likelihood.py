import numpy as np
import pytest

from tf_wavenet import evaluation, export, native, spec
from tf_wavenet.evaluation import likelihood


def inputs(voice, num_samples):
    rng = np.random.default_rng(1)
    frames = -(-num_samples // voice.info.hop_samples)
    mel = rng.normal(size=(frames, voice.info.conditioning_channels)).astype(np.float32)
    return rng.integers(0, voice.info.output_channels, num_samples), mel


def test_a_voice_that_knows_nothing_needs_log2_of_the_levels(tmp_path, tiny_config):
    tensors = spec.random_tensors(tiny_config.model, 0)
    tensors["out.weight"][:] = 0
    export.export_voice(tiny_config, tensors, tmp_path / "v.gguf", name="uniform")
    voice = native.load_voice(tmp_path / "v.gguf")
    assert evaluation.bits_per_sample(voice, *inputs(voice, 321)) == pytest.approx(8.0, abs=1e-9)


def test_equals_softmax_of_one_whole_run_in_any_chunks(tiny_voice, monkeypatch):
    voice = native.load_voice(tiny_voice)
    levels, mel = inputs(voice, 7 * 80 + 13)
    forced = np.zeros(8 * 80, np.int32)
    forced[: levels.size] = levels
    logits = native.generate(voice, mel, forced=forced, return_logits=True).logits[0, : levels.size].astype(np.float64)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = -np.log2(probabilities[np.arange(levels.size), levels]).mean()
    for chunk_frames in (1, 3, 8, 80):
        monkeypatch.setattr(likelihood, "CHUNK_FRAMES", chunk_frames)
        assert evaluation.bits_per_sample(voice, levels, mel) == pytest.approx(expected, rel=1e-9)


def test_features_that_do_not_fit_the_recording(tiny_voice):
    voice = native.load_voice(tiny_voice)
    levels, mel = inputs(voice, 100)
    with pytest.raises(ValueError, match=r"levels has shape \[100\] and mel 1 frames, must be \[T\] and 2"):
        evaluation.bits_per_sample(voice, levels, mel[:1])

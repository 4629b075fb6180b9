"""Random voices: of every precision the engine opens them, they are the size of their config and say something."""

import numpy as np
import pytest

from tf_wavenet import export, native, philox
from tf_wavenet.bench import random_voice, subject
from tf_wavenet.reference.integer_model import RELU_LIMIT, SIGNED_LIMIT, IntegerModel, load

INTEGERS = ["int16", "int8"]
# Weights rounded to 256 (int16) or 64 (int8) steps of their largest, activations to 1/127 of 16: the logits of four
# layers are off by less than so much of their range; a wrong scale, zero point or bias is off by all of it.
ROUNDING = {"f32": 1e-5, "int16": 0.02, "int8": 0.2}


@pytest.fixture(params=["f32", *INTEGERS])
def made(request, tmp_path, tiny_config):
    return subject.random_subject("tiny", tiny_config, tmp_path, precision=request.param, seconds=0.1, seed=0)


def test_a_subject_has_inputs_of_its_size(made):
    assert made.conditioning.shape == (20, 12) and made.samples.shape == (1600,)
    assert np.isfinite(made.conditioning).all()
    assert np.array_equal(made.uniforms, philox.uniforms(0, 0, 1600))
    forced = made.forced_frames(81)
    assert forced.shape == (1, 160) and np.array_equal(forced[0, :81], made.samples[:81]) and not forced[0, 81:].any()


def test_every_precision_is_the_same_network(made, tiny_config, tmp_path):
    assert made.precision == native.voice_info(made.voice_path).precision
    reference = subject.random_subject("other", tiny_config, tmp_path, seconds=0.1, seed=0)
    logits, wanted = (
        native.generate(s.voice_path, s.conditioning, forced=s.samples[None], return_logits=True).logits
        for s in (made, reference)
    )
    assert np.ptp(wanted) > 0.5 and wanted.std(axis=1).max() > 0.05  # It says something, and not always the same.
    assert np.abs(logits - wanted).max() < ROUNDING[made.precision] * np.ptp(wanted)


@pytest.mark.parametrize("precision", INTEGERS)
def test_integers_use_their_range_and_activations_do_not_leave_theirs(precision, tmp_path, tiny_config):
    path = tmp_path / "voice.gguf"
    random_voice.write(path, tiny_config, precision, name="x", seed=3)
    model: IntegerModel = load(path)  # Which proves the bounds of sums.
    largest = max(np.abs(model.tensors[f"layers.{i}.skip"].astype(int)).max() for i in range(4))
    assert largest == (64 if precision == "int8" else 65535 // 8)
    conditioning = np.random.default_rng(0).normal(size=(5, 12)).astype(np.float32)
    trace = native.generate(path, conditioning, return_trace=True).trace[0]
    inverse = model.tensors["act.inverse_scale"]
    x, z = trace[:, : 4 * 8].reshape(-1, 4, 8), trace[:, 4 * 8 + 8 : 4 * 8 + 16]
    assert (np.abs(x).max(axis=(0, 2)) * inverse[:4]).max() < SIGNED_LIMIT[precision]
    assert z.max() * inverse[4] < RELU_LIMIT[precision]


def test_a_voice_keeps_what_it_says_of_itself(tmp_path, tiny_config):
    random_voice.write(tmp_path / "voice.gguf", tiny_config, "int8", name="random tiny", seed=0)
    assert export.read_voice(tmp_path / "voice.gguf").name == "random tiny"
    with pytest.raises(ValueError, match="precision is 'int4'"):
        random_voice.write(tmp_path / "voice.gguf", tiny_config, "int4", name="x", seed=0)

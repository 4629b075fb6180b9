"""The integer reference beside float64 networks, and beside itself."""

import subprocess
import sys

import numpy as np
import pytest

from tf_wavenet import export, philox
from tf_wavenet.reference import IntegerReference
from tf_wavenet.reference.exact_sampler import draw

PRECISIONS = ("int16", "int8")
NONLINEARITIES = ("fixed", "rational")
MODELS = {
    "linear": {},
    "repeat": {"upsampling": "repeat"},
    "no context": {"conditioning_context": 0},
    "embed_tanh": {"embed_tanh": True},
    "cycle": {"dilation_cycle": 2, "layers": 4},
}
models = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())

# Of every float32 operation between two quantizations: some 30 roundings of values up to a few units.
FLOAT_ERROR = 2.0**-18
# Of tanh by "fixed", arguments rounded (fixed_math); by "rational" it is in FLOAT_ERROR.
TANH_ERROR = {"fixed": 2.3e-4, "rational": 0.0}


def speak(q, nonlinearities="fixed", **arguments):
    reference = IntegerReference(q.model, nonlinearities)
    return reference.generate(q.frames[None], [3], forced=q.levels[None], **arguments)


def error_bounds(q, seen, nonlinearities):
    """How far an int16 voice's logits `[T, a]` can be from the float64 network's, which `seen` holds: every rounding
    at its worst, carried through the absolute values of the matrices."""
    net, half_step = q.model.config.model, q.act_scale / 2
    w = {name: np.abs(value) for name, value in q.weights.items()}
    r, tanh_error = net.residual_channels, TANH_ERROR[nonlinearities]
    e_x, e_q = np.full_like(seen["x"][0], FLOAT_ERROR), 0
    for i, dilation in enumerate(net.dilations):
        e_in = e_x + half_step[i]
        e_past = np.concatenate([np.zeros((dilation, r)), e_in])[: len(e_in)]
        e_v = e_past @ w[f"layers.{i}.prev"].T + e_in @ w[f"layers.{i}.cur"].T + FLOAT_ERROR
        f, g = np.split(seen["v"][i], 2, axis=1)
        e_f, e_g = np.split(e_v, 2, axis=1)
        # The steepest that tanh and sigmoid are within the error, times the largest that the other factor is.
        slope_f = 1 - np.tanh(np.maximum(np.abs(f) - e_f, 0)) ** 2
        e_tanh = slope_f * e_f + tanh_error
        e_sigmoid = e_g / 4 + tanh_error / 2 + (2.0**-15 if tanh_error else 0)
        e_h = e_tanh / (1 + np.exp(-g - e_g)) + np.minimum(np.abs(np.tanh(f)) + e_f, 1) * e_sigmoid + 2.0**-15
        e_q = e_q + e_h @ w[f"layers.{i}.skip"].T
        if i < net.layers - 1:
            e_x = e_x + e_h @ w[f"layers.{i}.res"].T + FLOAT_ERROR
    e_z = (e_q + FLOAT_ERROR + half_step[-2]) @ w["relu"].T + FLOAT_ERROR
    return (e_z + half_step[-1]) @ w["out"].T + FLOAT_ERROR


def mutants(config, w):
    """Networks of a wrong structure: config and weights."""
    swapped_gate = dict(w)
    swapped_time, reversed_window = dict(w), dict(w)
    for i in range(config.model.layers):
        for part in ("prev", "cur"):
            swapped_gate[f"layers.{i}.{part}"] = np.roll(
                w[f"layers.{i}.{part}"], config.model.residual_channels, axis=0
            )
        swapped_time[f"layers.{i}.prev"] = w[f"layers.{i}.cur"]
        swapped_time[f"layers.{i}.cur"] = w[f"layers.{i}.prev"]
    channels = config.model.conditioning_channels
    window = w["cond"].reshape(len(w["cond"]), -1, channels)
    reversed_window["cond"] = window[:, ::-1].reshape(w["cond"].shape)
    changed = lambda **model: type(config)(
        audio=config.audio, model=type(config.model)(**{**config.model.to_dict(), **model})
    )
    other = {"linear": "repeat", "repeat": "linear"}[config.model.upsampling]
    yield "dilation", changed(dilation_cycle=1), w
    yield "upsampling", changed(upsampling=other), w
    yield "embed_tanh", changed(embed_tanh=not config.model.embed_tanh), w
    yield "embeddings", config, w | {"embed.prev": w["embed.cur"], "embed.cur": w["embed.prev"]}
    yield "gate halves", config, swapped_gate
    yield "prev and cur", config, swapped_time
    if config.model.conditioning_context:
        yield "window order", config, reversed_window
    yield "skip bias", config, w | {"skip.bias": np.zeros_like(w["skip.bias"])}


@models
@pytest.mark.parametrize("nonlinearities", NONLINEARITIES)
def test_int16_is_the_float64_network_within_its_roundings(model, nonlinearities, quantized, float64_network, measured):
    q = quantized("int16", weight_gain=0.7, **model)
    seen = float64_network(q.model.config, q.weights, q.frames, q.levels)
    bound = error_bounds(q, seen, nonlinearities)
    logits = speak(q, nonlinearities).logits[0]
    difference = np.abs(logits - seen["logits"])
    measured(
        f"int16 {nonlinearities} {model}: logits differ from float64 by {difference.max():.2g} at most, "
        f"bound {bound.max():.2g}, range {np.ptp(seen['logits']):.2g}"
    )
    assert (difference <= bound).all()
    # And no other network is.
    for name, config, w in mutants(q.model.config, q.weights):
        other = float64_network(config, w, q.frames, q.levels)["logits"]
        assert (np.abs(logits - other) > bound).any(), name


# Rational nonlinearities and float64 round to the same integers but where a value lies within some 1e-6 of a half;
# none does here, and what is left are float32 roundings of the logits.
SAME_INTEGERS_TOLERANCE = 2e-5


@models
def test_int8_is_the_float64_network_of_rounded_activations(model, quantized, float64_network, measured):
    """Zero point and what is folded into biases for it included: float64 knows of neither."""
    q = quantized("int8", weight_gain=1.0, **model)

    def rounded(x, i):
        low = -127 if i < q.model.config.model.layers else 0
        high = 127 if i < q.model.config.model.layers else 255
        return np.clip(np.rint(x / q.act_scale[i]), low, high) * q.act_scale[i]

    rounded_h = lambda h: np.clip(np.rint(h * 128), -127, 127) / 128
    seen = float64_network(q.model.config, q.weights, q.frames, q.levels, rounded, rounded_h)
    spoken = speak(q, "rational", return_trace=True)
    difference = np.abs(spoken.logits[0] - seen["logits"]).max()
    measured(f"int8 rational {model}: logits differ from float64 of the same integers by {difference:.2g}")
    assert difference < SAME_INTEGERS_TOLERANCE
    trace = np.concatenate([*seen["x"], seen["q"], seen["z_s"], seen["z_a"], seen["logits"]], axis=1)
    np.testing.assert_allclose(spoken.trace[0], trace, atol=SAME_INTEGERS_TOLERANCE)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_nonlinearities_differ_a_little(precision, quantized):
    q = quantized(precision, residual_channels=24)
    fixed, rational = (speak(q, n).logits for n in NONLINEARITIES)
    assert 0 < np.abs(fixed - rational).max() < 0.05 * np.ptp(rational)
    np.testing.assert_array_equal(speak(q).logits, speak(q, "").logits)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("nonlinearities", NONLINEARITIES)
def test_a_row_of_a_batch_is_the_row_alone(precision, nonlinearities, quantized):
    q = quantized(precision)
    reference = IntegerReference(q.model, nonlinearities)
    rng = np.random.default_rng(1)
    conditioning = rng.normal(size=(5, 6, 4)).astype(np.float32)
    seeds, spoken, lookahead = [4, 5, -6, 1 << 62, 4], [4, 1, 0, 3, 4], [2, 0, 3, 1, 0]
    batch = reference.generate(
        conditioning, seeds, num_frames=spoken, lookahead_frames=lookahead, temperature=0.8, return_trace=True
    )
    assert batch.samples.shape == (5, 28) and batch.samples.dtype == np.int32
    assert batch.logits.shape == (5, 28, 20) and batch.logits.dtype == np.float32
    for row in range(5):
        n, frames = 7 * spoken[row], spoken[row] + lookahead[row]
        alone = reference.generate(
            conditioning[row : row + 1, :frames],
            seeds[row : row + 1],
            lookahead_frames=lookahead[row],
            temperature=0.8,
            return_trace=True,
        )
        np.testing.assert_array_equal(batch.samples[row, :n], alone.samples[0])
        np.testing.assert_array_equal(batch.logits[row, :n].view(np.uint32), alone.logits[0].view(np.uint32))
        np.testing.assert_array_equal(batch.trace[row, :n], alone.trace[0])
        assert (batch.samples[row, n:] == q.model.config.model.silence_level).all()
        assert not batch.logits[row, n:].any() and not batch.trace[row, n:].any()


def test_lookahead_gives_the_beginning_of_the_whole(quantized):
    q = quantized("int8")
    reference = IntegerReference(q.model)
    whole = reference.generate(q.frames[None], [1])
    part = reference.generate(q.frames[None], [1], lookahead_frames=3)
    np.testing.assert_array_equal(part.samples, whole.samples[:, :14])
    ended = reference.generate(q.frames[None], [1], num_frames=2)
    assert not np.array_equal(ended.logits, whole.logits[:, :14])


@pytest.mark.parametrize("precision", PRECISIONS)
def test_forced_samples_are_the_history(precision, quantized):
    q = quantized(precision)
    reference = IntegerReference(q.model)
    free = reference.generate(q.frames[None], [9])
    assert len(np.unique(free.samples)) > 5
    again = reference.generate(q.frames[None], [9], forced=free.samples)
    np.testing.assert_array_equal(again.samples, free.samples)
    np.testing.assert_array_equal(again.logits, free.logits)
    other = reference.generate(q.frames[None], [9], forced=(free.samples + 1) % 20)
    assert not np.array_equal(other.logits[:, 1:], free.logits[:, 1:])


def test_samples_are_drawn_from_the_logits(quantized):
    q = quantized("int16")
    spoken = IntegerReference(q.model).generate(q.frames[None], [-5], temperature=0.7)
    uniforms = philox.uniforms(-5, 0, 35)
    np.testing.assert_array_equal(draw(spoken.logits[0], uniforms, np.float32(0.7)), spoken.samples[0])


@pytest.mark.parametrize("precision", PRECISIONS)
def test_before_the_first_sample_there_is_nothing(precision, quantized):
    """x_q = zero: the past's weights do not matter to a layer until it has one."""
    q = quantized(precision, layers=1, dilation_cycle=1)
    tensors = dict(q.model.tensors)
    # The zero point's part of the sum is constant, so folding must follow the weights.
    tensors["layers.0.prev"] = -tensors["layers.0.prev"]
    zero = 128 if precision == "int8" else 0
    folding = zero * tensors["layers.0.gate.scale"].astype(np.float64)
    change = folding * 2 * q.model.tensors["layers.0.prev"].astype(np.int64).sum(axis=1)
    tensors["cond.bias"] = (tensors["cond.bias"] + change).astype(np.float32)
    other = IntegerReference(type(q.model)(q.model.config, precision, tensors))
    first, changed = speak(q).logits[0], other.generate(q.frames[None], [3], forced=q.levels[None]).logits[0]
    np.testing.assert_allclose(changed[0], first[0], atol=1e-5)
    assert np.abs(changed[1:] - first[1:]).max() > 1e-2


def test_logits_that_are_not_finite_are_named(quantized):
    q = quantized("int16")
    tensors = dict(q.model.tensors)
    tensors["out.bias"] = np.full_like(tensors["out.bias"], np.inf)
    with pytest.raises(RuntimeError, match="the logits of row 0 are not finite at sample 0"):
        IntegerReference(type(q.model)(q.model.config, "int16", tensors)).generate(q.frames[None], [0])


@pytest.mark.parametrize("precision", PRECISIONS)
def test_speaks_a_voice_file(precision, quantized, tmp_path):
    q, path = quantized(precision), tmp_path / "voice.gguf"
    stored = export.stored_tensors(q.model.config.model, precision)
    packed = {tensor.name: tensor.pack(q.model.tensors[tensor.name]) for tensor in stored}
    export.write_voice(path, q.model.config, packed, name="small", precision=precision)
    for voice in (path, str(path), export.read_voice(path)):
        spoken = IntegerReference(voice).generate(q.frames[None], [3], forced=q.levels[None])
        np.testing.assert_array_equal(spoken.logits, speak(q).logits)


def test_float32_voices_are_refused(tiny_voice):
    with pytest.raises(ValueError, match="the voice is f32, must be one of int16, int8"):
        IntegerReference(tiny_voice)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"conditioning": np.zeros((1, 5, 3))}, r"conditioning has shape \[1, 5, 3\], must be \[B, F, 4\]"),
        ({"conditioning": np.full((1, 5, 4), np.nan)}, "conditioning must be finite"),
        ({"seeds": [1, 2]}, "seeds are 2, must be 1"),
        ({"temperature": 0}, "temperature is 0, must be positive and finite"),
        ({"forced": np.zeros((1, 34), int)}, "forced has 34 samples, must have at least 35"),
        ({"forced": np.full((1, 35), 20)}, r"forced spans \[20, 20\], must be in 0..19"),
        ({"num_frames": 6}, r"num_frames is 6, must be in 0..5"),
        ({"num_frames": 3, "lookahead_frames": 3}, r"num_frames \+ lookahead_frames is .*, must be in 0..5"),
    ],
)
def test_bad_arguments_are_named(arguments, message, quantized):
    q = quantized("int16")
    with pytest.raises(ValueError, match=message):
        IntegerReference(q.model).generate(**({"conditioning": q.frames[None], "seeds": [0]} | arguments))


def test_unknown_nonlinearities_are_refused(quantized):
    with pytest.raises(ValueError, match="nonlinearities is 'libm', must be one of fixed, rational"):
        IntegerReference(quantized("int16").model, "libm")


def test_needs_no_tensorflow():
    code = "import sys, tf_wavenet.reference.integer; print({'tensorflow', 'keras'} & set(sys.modules))"
    printed = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "set()"

"""Integers, scales and biases as the engine uses them, against the same sums in real numbers."""

import math

import numpy as np
import pytest

from tf_wavenet import export
from tf_wavenet.export.weights import quantize_conditioning
from tf_wavenet.export.zero_point import zero_contributions

PRECISIONS = ["int16", "int8"]
FLOAT32 = 1e-6  # A scale and a bias are rounded to float32 once: 6e-8 of each, of sums of some tens.


@pytest.fixture(params=PRECISIONS)
def precision(request):
    return request.param


@pytest.fixture
def folded(config, tensors):
    return export.fold(config.model, tensors)


@pytest.fixture
def quantized(config, folded, recordings, precision):
    return export.quantize(config.model, folded, export.calibrate(config, folded, recordings), precision)


def sums(quantized, matrices, stored_inputs):
    """scale * sum(w_q x_q): what a step computes; exact integers, then float64."""
    name, *parts = matrices
    acc = sum(quantized.tensors[part].astype(np.int64) @ x for part, x in zip(parts, stored_inputs))
    assert np.all(np.abs(acc) < 2**31)
    return quantized.tensors[f"{name}.scale"].astype(np.float64) * acc


def row_scales(quantized, name, act_scale):
    return quantized.tensors[f"{name}.scale"].astype(np.float64)[:, None] / act_scale


def test_a_step_computes_what_the_real_numbers_say(config, folded, quantized, precision):
    """Of random integer activations: with the zero point in the sums and out of the biases, it is gone."""
    numbers, rng, t = export.PRECISIONS[precision].integer, np.random.default_rng(7), quantized.tensors
    model, inverse = config.model, t["act.inverse_scale"].astype(np.float64)
    r = model.residual_channels
    draw = lambda n: rng.integers(-numbers.signed_max, numbers.signed_max, n, endpoint=True)
    q, q_real = t["skip.bias"].astype(np.float64), folded["skip.bias"].astype(np.float64)
    for i in range(model.layers):
        layer, past, x, h = f"layers.{i}", draw(r), draw(r), draw(r)
        stored = [numbers.zero + n for n in (past, x, h)]
        real_weights = {
            **{
                half: row_scales(quantized, f"{layer}.gate", 1 / inverse[i]) * t[f"{layer}.{half}"]
                for half in ("prev", "cur")
            },
            **{
                name: row_scales(quantized, f"{layer}.{name}", numbers.gate_scale) * t[f"{layer}.{name}"]
                for name in (["res", "skip"] if i < model.layers - 1 else ["skip"])
            },
        }
        pre = sums(quantized, [f"{layer}.gate", f"{layer}.prev", f"{layer}.cur"], stored[:2]) + t["cond.bias"][0, i]
        expected = (real_weights["prev"] @ past + real_weights["cur"] @ x) / inverse[i] + folded["cond.bias"][0, i]
        np.testing.assert_allclose(
            pre, expected, atol=FLOAT32 * (1 + np.abs(expected).max() + np.abs(t["cond.bias"]).max())
        )
        if i < model.layers - 1:
            residual = sums(quantized, [f"{layer}.res", f"{layer}.res"], stored[2:]) + t[f"{layer}.res.bias"]
            expected = real_weights["res"] @ h * numbers.gate_scale + folded[f"{layer}.res.bias"]
            np.testing.assert_allclose(residual, expected, atol=FLOAT32 * (1 + np.abs(t[f"{layer}.res.bias"]).max()))
        q = q + sums(quantized, [f"{layer}.skip", f"{layer}.skip"], stored[2:])
        q_real = q_real + real_weights["skip"] @ h * numbers.gate_scale
    np.testing.assert_allclose(q, q_real, atol=FLOAT32 * (1 + np.abs(t["skip.bias"]).max()))


def test_zero_point_on_paper():
    class Model:
        layers = 2
        bias_rows = 1

    tensors = {
        "layers.0.prev": np.array([[1, -2], [127, 0]], np.int8),
        "layers.0.cur": np.array([[3, 4], [127, 127]], np.int8),
        "layers.0.gate.scale": np.array([0.5, 0.25], np.float32),
        "layers.0.res": np.array([[-7]], np.int8),
        "layers.0.res.scale": np.array([2], np.float32),
        "layers.0.skip": np.array([[5], [-1]], np.int8),
        "layers.0.skip.scale": np.array([1, 2], np.float32),
        "layers.1.prev": np.zeros((2, 2), np.int8),
        "layers.1.cur": np.ones((2, 2), np.int8),
        "layers.1.gate.scale": np.array([1, 1], np.float32),
        "layers.1.skip": np.array([[10], [20]], np.int8),
        "layers.1.skip.scale": np.array([1, 0.5], np.float32),
    }
    added = zero_contributions(Model, tensors, export.PRECISIONS["int8"].integer)
    assert set(added) == {"cond.bias", "skip.bias", "layers.0.res.bias"}
    np.testing.assert_array_equal(added["cond.bias"], 128 * np.array([[[3, 381 / 4], [2, 2]]]))
    np.testing.assert_array_equal(added["skip.bias"], 128 * np.array([15, 8]))
    np.testing.assert_array_equal(added["layers.0.res.bias"], [128 * -14])
    for contribution in zero_contributions(Model, tensors, export.PRECISIONS["int16"].integer).values():
        assert not contribution.any()


def test_what_is_not_an_integer_stays(folded, quantized, precision):
    for name in ("embed.prev", "embed.cur", "relu.bias", "out.bias"):
        np.testing.assert_array_equal(quantized.tensors[name], folded[name])
    for name in ("cond.bias", "skip.bias"):
        assert np.array_equal(quantized.tensors[name].ravel(), folded[name].ravel()) == (precision == "int16")


def test_conditioning_is_int16_to_nearest_in_any_precision(folded, quantized):
    cond, scale = quantized.tensors["cond"], quantized.tensors["cond.scale"]
    expected = folded["cond"].reshape(cond.shape).astype(np.float64)
    assert cond.dtype == np.int16 and scale.dtype == np.float32
    np.testing.assert_array_equal(np.abs(cond).max(axis=1), np.full(len(cond), 32767))
    error = np.abs(cond * scale[:, None].astype(np.float64) - expected)
    assert (error <= (0.5 + 32767 * 2.0**-24) * scale[:, None]).all()  # Half a step, and the rounding of the scale.


def test_conditioning_of_zeros_and_of_few_bits_is_exact():
    matrix = np.array([[0, 0, 0], [-32767, 1, 8], [32767 * 2.0**-20, 2.0**-18, 0]], np.float32)
    integers = quantize_conditioning(matrix.reshape(1, 3, 1, 3))
    np.testing.assert_array_equal(integers.dequantized, matrix)
    assert integers.row_scale[0] == 0


def test_no_sum_overflows(config, quantized, precision):
    numbers, t = export.PRECISIONS[precision].integer, quantized.tensors
    magnitude = lambda name: np.abs(t[name].astype(np.int64)).sum(axis=1)
    for i in range(config.model.layers):
        assert np.all((magnitude(f"layers.{i}.prev") + magnitude(f"layers.{i}.cur")) * numbers.input_max < 2**31)
    for name in t:
        if name in ("relu", "out") or name.endswith((".res", ".skip")):
            assert np.all(magnitude(name) * numbers.input_max < 2**31)


def test_report_lists_what_was_quantized(config, quantized, folded, precision):
    model = config.model
    names = [report.name for report in quantized.report]
    activations = [f"x_{i}" for i in range(model.layers)] + ["z_s", "z_a"]
    matrices = [f"layers.{i}.{name}" for i in range(model.layers) for name in ("gate", "res", "skip")]
    matrices.remove(f"layers.{model.layers - 1}.res")
    matrices = ["cond", *matrices, "relu", "out"]
    assert names == activations + matrices
    numbers = export.PRECISIONS[precision].integer
    for report in quantized.report:
        assert 0 < report.scale_min <= report.scale_max < math.inf
        assert report.sqnr_db > (20 if precision == "int8" else 60)
        if report.rows is None:
            assert report.scale_min == report.scale_max and 0 <= report.saturated < 0.01 and report.overflow is None
        else:
            assert report.saturated is None
            assert report.overflow is None if report.name == "cond" else 0 < report.overflow < 1
    out = quantized.report[-1]
    assert (out.rows, out.cols) == (model.output_channels, model.output_channels)
    assert out.overflow == np.abs(quantized.tensors["out"].astype(int)).sum(axis=1).max() * numbers.input_max / 2**31
    row_scale = quantized.tensors["out.scale"] * quantized.tensors["act.inverse_scale"][-1]
    assert out.scale_max == pytest.approx(row_scale.max(), rel=1e-6)
    lines = export.report_table(quantized.report).splitlines()
    assert len(lines) == 1 + len(names) and len({len(line) for line in lines}) == 1
    assert all(line.startswith(name) for line, name in zip(lines[1:], names))


def test_report_measures_noise_on_the_recordings_inputs(odd_voice, odd_recordings):
    config, tensors = odd_voice
    folded = export.fold(config.model, tensors)
    calibration = export.calibrate(config, folded, odd_recordings)
    quantized = export.quantize(config.model, folded, calibration, "int8")
    root = np.linalg.cholesky(calibration.moments["out"] + 1e-9 * np.eye(18)).T  # Stands for X: X^T X is the same.
    row_scale = quantized.tensors["out.scale"] * quantized.tensors["act.inverse_scale"][-1]
    errors = root @ (folded["out"] - row_scale[:, None] * quantized.tensors["out"]).T
    expected = 10 * np.log10(((root @ folded["out"].T) ** 2).sum() / (errors**2).sum())
    assert quantized.report[-1].sqnr_db == pytest.approx(expected, abs=1e-3)


def test_dead_channels_and_rows_have_no_scale(odd_voice, odd_recordings):
    config, tensors = odd_voice
    tensors["relu.weight"][:] = 0
    tensors["relu.bias"][:] = -1  # z_a is 0 everywhere
    folded = export.fold(config.model, tensors)
    quantized = export.quantize(config.model, folded, export.calibrate(config, folded, odd_recordings), "int8")
    assert not quantized.tensors["relu"].any() and not quantized.tensors["relu.scale"].any()
    assert quantized.tensors["act.inverse_scale"][-1] == 255
    np.testing.assert_allclose(
        quantized.tensors["out.scale"][:, None] * quantized.tensors["out"] * 255,
        folded["out"],
        # Half a step, and a pair of weights may be worth 128 steps.
        atol=2 * np.abs(folded["out"]).max() / 256 * (1 + FLOAT32),
    )
    assert "inf" in export.report_table(quantized.report)


def test_refuses_weights_that_leave_float32(odd_voice, odd_recordings):
    config, tensors = odd_voice
    folded = export.fold(config.model, tensors)
    calibration = export.calibrate(config, folded, odd_recordings)
    folded["layers.0.skip"] = np.full_like(folded["layers.0.skip"], 3e38)
    with pytest.raises(ValueError, match="skip.bias reaches .* when quantized"):
        export.quantize(config.model, folded, calibration, "int8")
    with pytest.raises(ValueError, match="precision is 'f32', must be an integer precision"):
        export.quantize(config.model, folded, calibration, "f32")
    with pytest.raises(ValueError, match="precision is 'int4', must be one of f32, int16, int8"):
        export.quantize(config.model, folded, calibration, "int4")

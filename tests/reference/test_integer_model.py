"""What an integer model refuses."""

import numpy as np
import pytest

from tf_wavenet.reference import IntegerModel


def replaced(q, **tensors):
    return IntegerModel(q.model.config, q.model.precision, dict(q.model.tensors) | tensors)


def test_sums_that_could_overflow_are_refused(quantized):
    q = quantized("int16")
    relu = np.zeros((20, 9), np.int16)
    relu[5, :3] = 32767, -32767, 1  # 65535 * 32768 < 2^31
    replaced(q, relu=relu)
    relu[5, 3] = 1
    with pytest.raises(ValueError, match=r"relu: a sum can reach 2147483648, must stay below 2\^31"):
        replaced(q, relu=relu)


def test_a_gates_sum_is_that_of_prev_and_cur(quantized):
    q = quantized("int16")
    half = np.zeros((12, 6), np.int16)
    half[7, :2] = 32767, 1
    with pytest.raises(ValueError, match=r"layers.1.prev and layers.1.cur: a sum can reach 2147483648"):
        replaced(q, **{"layers.1.prev": half, "layers.1.cur": half})


def test_tensors_that_do_not_fit_are_named(quantized):
    q = quantized("int8")
    with pytest.raises(ValueError, match=r"relu is int16 \[20, 9\], must be int8 \[20, 9\]"):
        replaced(q, relu=np.zeros((20, 9), np.int16))
    with pytest.raises(ValueError, match=r"relu.scale is float32 \[19\], must be float32 \[20\]"):
        replaced(q, **{"relu.scale": np.zeros(19, np.float32)})
    with pytest.raises(ValueError, match=r"missing or unexpected are \['gate'\]"):
        replaced(q, gate=np.zeros(1, np.float32))
    with pytest.raises(ValueError, match="precision is 'f32', must be one of int16, int8"):
        IntegerModel(q.model.config, "f32", q.model.tensors)


def test_vectors_may_be_matrices_of_one_column(quantized):
    q = quantized("int8")
    as_column = replaced(q, **{"skip.bias": q.model.tensors["skip.bias"][:, None]})
    np.testing.assert_array_equal(as_column.tensors["skip.bias"], q.model.tensors["skip.bias"])

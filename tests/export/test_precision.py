import numpy as np

from tf_wavenet.export import PRECISIONS


def test_row_sums_end_where_int32_does():
    """voice.h: sum|w_q| * max|x_q| < 2^31, max|x_q| being what the type can hold."""
    for name, input_dtype in (("int16", np.int16), ("int8", np.uint8)):
        numbers = PRECISIONS[name].integer
        largest_input = max(-np.iinfo(input_dtype).min, np.iinfo(input_dtype).max)
        assert numbers.input_max == largest_input
        assert numbers.max_row_sum * largest_input < 2**31 <= (numbers.max_row_sum + 1) * largest_input
    assert PRECISIONS["int16"].integer.max_row_sum == 65535


def test_numbers_fit_their_types():
    for name, input_dtype in (("int16", np.int16), ("int8", np.uint8)):
        numbers, limits = PRECISIONS[name].integer, np.iinfo(input_dtype)
        assert numbers.weight_max == np.iinfo(PRECISIONS[name].dtype).max
        assert limits.min <= numbers.zero - numbers.signed_max and numbers.zero + numbers.signed_max <= limits.max
        assert numbers.relu_max == limits.max

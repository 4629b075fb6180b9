import numpy as np
import pytest

from tf_wavenet import audio


@pytest.mark.parametrize("levels", [2, 17, 256, 1024])
def test_every_level_survives_a_round_trip(levels):
    every = np.arange(levels)
    np.testing.assert_array_equal(audio.encode(audio.decode(every, levels), levels), every)


def test_formula_and_ends():
    assert audio.encode(np.array([-2.0, -1.0, 0.0, 1.0, 2.0])).tolist() == [0, 0, 128, 255, 255]
    x = 0.1
    expected = (np.log(1 + 255 * x) / np.log(256) + 1) / 2 * 255
    assert audio.encode(np.array(x)) == round(expected)


def test_quantization_error_is_relative():
    # Half a level is 1/255 in the companded domain, and dx/df = (|x| + 1/255) ln(256); 3 % for the curvature.
    x = np.linspace(-1, 1, 10001)
    error = np.abs(audio.decode(audio.encode(x)) - x)
    assert np.all(error <= (np.abs(x) + 1 / 255) * np.log(256) / 255 * 1.03)


def test_bad_input():
    with pytest.raises(ValueError, match="1 NaN"):
        audio.encode(np.array([0.0, np.nan]))
    with pytest.raises(ValueError, match=r"span \[0, 256\], must lie in \[0, 255\]"):
        audio.decode(np.array([0, 256]))
    with pytest.raises(ValueError, match="at least 2"):
        audio.encode(np.zeros(1), levels=1)

import numpy as np
import pytest

from tf_wavenet.bench import agreement

LOGITS = np.random.default_rng(0).normal(size=(1, 2000, 8)).astype(np.float32)
DRAWS = LOGITS.argmax(axis=-1)


def compare(logits=LOGITS, draws=DRAWS):
    return agreement.compare(logits, draws, LOGITS, DRAWS)


def test_equal_is_ok():
    agreed = compare()
    assert agreed.ok and agreed.max_logits_difference == 0 and agreed.equal_draws == 1 and agreed.steps == 2000


def test_one_wrong_logit_is_not():
    wrong = LOGITS.copy()
    wrong[0, 7, 3] += 2 * agreement.MAX_LOGITS_DIFFERENCE * np.ptp(LOGITS)
    assert not compare(logits=wrong).ok


def test_few_odd_draws_are_ok_and_many_are_not():
    draws = DRAWS.copy()
    draws[0, :2] += 1
    assert compare(draws=draws).ok
    draws[0, :3] = DRAWS[0, :3] + 1
    assert not compare(draws=draws).ok


def test_nan_is_not_ok():
    wrong = LOGITS.copy()
    wrong[0, 0, 0] = np.nan
    assert not compare(logits=wrong).ok


def test_shapes_must_be_equal():
    with pytest.raises(ValueError, match=r"\[1, 1999, 8\], those of the reference \[1, 2000, 8\]"):
        compare(logits=LOGITS[:, 1:])

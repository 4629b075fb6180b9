import numpy as np
import pytest

from tf_wavenet.export.magnitudes import Magnitudes

# Scales are found on a grid of thresholds 3 % apart, by a model of each bin's error.
GRID_TOLERANCE = 1.02
SQNR_TOLERANCE_DB = 0.1


def counted(x):
    magnitudes = Magnitudes("x_0")
    for part in np.array_split(x, 3):
        magnitudes.add(part)
    return magnitudes


def noise(x, threshold, limit):
    step = threshold / limit
    return np.mean((x - step * np.clip(np.round(x / step), -limit, limit)) ** 2)


DISTRIBUTIONS = {
    "normal": lambda rng, n: rng.normal(size=n),
    "uniform": lambda rng, n: rng.uniform(-3, 3, n),
    "heavy tails": lambda rng, n: rng.standard_t(3, n),
    "relu": lambda rng, n: np.maximum(rng.normal(-1, 1, n), 0),
    "decaying": lambda rng, n: rng.exponential(1e-3, n) ** 2,
    "few values": lambda rng, n: rng.choice([-1.0, 0.25, 0.5], n),
}


@pytest.mark.parametrize("limit", [127, 255])
@pytest.mark.parametrize("draw", DISTRIBUTIONS.values(), ids=DISTRIBUTIONS.keys())
def test_finds_the_threshold_of_least_noise(draw, limit):
    x = draw(np.random.default_rng(0), 60_000).astype(np.float32)
    scale = counted(x.reshape(-1, 6)).scale(limit)
    thresholds = np.abs(x).max() * np.geomspace(2**-6, 1, 150)
    least = min(noise(x, threshold, limit) for threshold in thresholds)
    found = noise(x, limit * scale.act_scale, limit)
    if len(np.unique(x)) > 3:  # Of few values, some threshold happens to hit all of them.
        assert found <= GRID_TOLERANCE * least
        assert scale.sqnr_db == pytest.approx(10 * np.log10(np.mean(x**2) / found), abs=SQNR_TOLERANCE_DB)
    else:
        assert found <= scale.act_scale**2 / 4


def test_rare_peaks_are_clipped_by_int8_and_kept_by_int16():
    x = np.random.default_rng(0).normal(size=1_000_000).astype(np.float32)
    x[:5] = 12.0
    eight, sixteen = counted(x).scale(127), counted(x).scale(32767)
    assert eight.act_scale * 127 < 6
    clipped = np.mean(np.abs(x) > eight.act_scale * 127)
    assert 0 < eight.saturated == pytest.approx(clipped, rel=1e-3)
    assert sixteen.act_scale * 32767 == pytest.approx(12.0) and sixteen.saturated == 0
    assert sixteen.sqnr_db > 79


def test_counts_what_it_is_given():
    x = np.array([[0.0, -0.0, 1.0], [-1.0, 1.0000001, -65504.0]], np.float32)
    magnitudes = counted(x)
    assert magnitudes.largest == 65504 and magnitudes.counts.sum() == 6
    assert magnitudes.counts[0] == 2 and magnitudes.counts.max() == 3


def test_an_activation_that_is_always_zero_has_a_scale():
    scale = counted(np.zeros((10, 3), np.float32)).scale(255)
    assert (scale.inverse_scale, scale.saturated, scale.sqnr_db) == (255, 0, np.inf)


def test_refuses_what_is_not_finite():
    for value in (np.nan, np.inf, -np.inf):
        with pytest.raises(ValueError, match="x_0 is not finite on the recordings"):
            counted(np.array([0, 1, value], np.float32))

"""Pictures of levels: where they are bright, and what their colours say."""

import io

import numpy as np
import pytest
from PIL import Image

from tf_wavenet.report import pictures

RATE_HZ = 16000


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), np.int32)


@pytest.fixture(scope="module")
def levels():
    time = np.arange(RATE_HZ) / RATE_HZ
    low, high = (0.3 * np.sin(2 * np.pi * hz * time) for hz in (1000, 7000))
    return pictures.levels_of({"low": low, "high": high, "same": low}, RATE_HZ)


def test_low_frequencies_are_below(levels):
    rows = pixels(pictures.spectrogram(levels, "low")).sum(axis=(1, 2))
    assert np.argmax(rows) == pytest.approx(len(rows) * (1 - 1000 / 8000), abs=3)
    assert pixels(pictures.thumbnail(levels, "low")).shape == (pictures.THUMBNAIL[1], pictures.THUMBNAIL[0], 3)


@pytest.mark.parametrize("scheme", list(pictures.DIVERGING))
def test_difference_is_warm_where_louder_cold_where_quieter(levels, scheme):
    shown = pixels(pictures.difference(levels, "high", "low", scheme))
    warmth = (shown[..., 0] - shown[..., 2]).mean(axis=1)
    louder, quieter = len(warmth) // 8, len(warmth) * 7 // 8
    assert warmth[louder] > 80 and warmth[quieter] < -80


@pytest.mark.parametrize("scheme", list(pictures.DIVERGING))
def test_difference_of_equals_is_the_ground(levels, scheme):
    from matplotlib.colors import to_rgb

    shown = pixels(pictures.difference(levels, "same", "low", scheme))
    assert np.abs(shown - 255 * np.array(to_rgb(pictures.DIVERGING[scheme][1]))).max() <= 4

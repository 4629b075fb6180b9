"""Spectrograms and their differences as small pictures without axes, which the page draws around them."""

import dataclasses
import io
from collections.abc import Mapping, Sequence

import numpy as np

from tf_wavenet.evaluation.spectrogram import RANGE_DB, spectrogram_db

DIFFERENCE_DB = 20.0  # Colours are fullest from here on.
QUALITY = 70  # Of WebP: what is lost at it cannot be seen at the size that the page shows.
SMOOTHED = (5, 5)  # Bins and columns that a difference is the mean of: 150 Hz and 25 ms.
THUMBNAIL = (160, 44)
# Quieter, equal, louder. The middle is the page's ground, so that what is equal looks empty.
DIVERGING = {"light": ("#1f4fc4", "#ffffff", "#c2410c"), "dark": ("#7fa6ff", "#11151b", "#ff9a4d")}


@dataclasses.dataclass(frozen=True)
class Levels:
    """Spectrograms of a sentence on one scale."""

    by_system: Mapping[str, np.ndarray]  # dB `[bins, columns]`.
    top_db: float  # Of the loudest bin of all.


def levels_of(waveforms: Mapping[str, np.ndarray], sample_rate_hz: int) -> Levels:
    """Computes the spectrograms of a sentence as all systems say it.

    Args:
      waveforms: float `[num_samples]` of equal lengths, by system.
      sample_rate_hz: of all.
    """
    by_system = {key: spectrogram_db(waveform, sample_rate_hz) for key, waveform in waveforms.items()}
    return Levels(by_system, max(float(values.max()) for values in by_system.values()))


def spectrogram(levels: Levels, key: str) -> bytes:
    """Returns the spectrogram of a system as WebP, low frequencies below; the colours span RANGE_DB."""
    return _webp(_magma(levels, key))


def thumbnail(levels: Levels, key: str) -> bytes:
    """Returns the same picture at the size of a button's."""
    from PIL import Image

    return _webp(_magma(levels, key).resize(THUMBNAIL, Image.Resampling.LANCZOS))


def difference(levels: Levels, key: str, base: str, scheme: str) -> bytes:
    """Returns the level of `key` less that of `base` as WebP; the colours span +-DIFFERENCE_DB.

    What is below the spectrograms' range in both counts as equal: nobody hears it. Means over a few bins and columns
    let a bias stand out of the speckle that two draws of one noise differ by.

    Args:
      levels: of the sentence.
      key: a system.
      base: another.
      scheme: "light" or "dark", the page's colours.
    """
    import scipy.ndimage  # Slow to import, as is the next.
    from matplotlib.colors import LinearSegmentedColormap

    floor = levels.top_db - RANGE_DB
    ours, theirs = (np.maximum(levels.by_system[name], floor) for name in (key, base))
    smooth = scipy.ndimage.uniform_filter(ours - theirs, SMOOTHED)[::2, ::2]
    colours = LinearSegmentedColormap.from_list(scheme, DIVERGING[scheme])
    return _webp(_coloured(smooth / (2 * DIFFERENCE_DB) + 0.5, colours))


def gradient(scheme: str | None) -> Sequence[str]:
    """Returns the colours of a scale, lowest first, for CSS: of differences, or (None) of spectrograms."""
    if scheme:
        return DIVERGING[scheme]
    import matplotlib
    from matplotlib.colors import to_hex

    return [to_hex(colour) for colour in matplotlib.colormaps["magma"](np.linspace(0.0, 1.0, 6))]


def _magma(levels: Levels, key: str):
    import matplotlib

    return _coloured((levels.by_system[key] - levels.top_db) / RANGE_DB + 1.0, matplotlib.colormaps["magma"])


def _coloured(values: np.ndarray, colours):
    """Returns a picture of values in [0, 1] (clipped) `[bins, columns]`, the first bin lowest."""
    from PIL import Image

    rgba = colours(np.clip(values[::-1], 0.0, 1.0), bytes=True)
    return Image.fromarray(np.ascontiguousarray(rgba[..., :3]))


def _webp(image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=QUALITY, method=4)
    return buffer.getvalue()

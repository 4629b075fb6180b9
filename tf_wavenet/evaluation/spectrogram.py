"""Spectrograms of several recordings above each other, on one scale, as a picture."""

import os
from collections.abc import Mapping

import numpy as np

RANGE_DB = 80.0  # Below the loudest bin of all panels: what 8-bit mu-law speech has, and some of its noise floor.
WINDOW_SECONDS = 0.025  # Wide-band enough for formants to move, narrow enough for harmonics to show.
HOP_SECONDS = 0.005


def draw_spectrograms(path: str | os.PathLike, panels: Mapping[str, np.ndarray], sample_rate_hz: int) -> None:
    """Draws one spectrogram for each panel and writes the picture.

    Args:
      path: target; its suffix names the format (.png, .svg).
      panels: title -> float audio `[num_samples]`, of about the same length.
      sample_rate_hz: of all panels.

    Raises:
      ImportError: if matplotlib is missing.
    """
    try:
        from matplotlib.figure import Figure  # Without pyplot: no display, no global state.
    except ImportError as error:
        raise ImportError("drawing needs matplotlib: in the clone, pip install '.[plot]'") from error

    levels_db = {title: spectrogram_db(waveform, sample_rate_hz) for title, waveform in panels.items()}
    top = max(float(values.max()) for values in levels_db.values())
    figure = Figure(figsize=(10, 2.8 * len(panels) + 0.4), layout="constrained")
    axes = figure.subplots(len(panels), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axis, (title, values) in zip(axes, levels_db.items()):
        extent = (0.0, values.shape[1] * HOP_SECONDS, 0.0, sample_rate_hz / 2e3)
        image = axis.imshow(
            values, origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=top - RANGE_DB, vmax=top,
            interpolation="bilinear",
        )  # fmt: skip
        axis.set_title(title, loc="left", fontsize=10)
        axis.set_ylabel("frequency (kHz)")
    axes[-1].set_xlabel("time (s)")
    figure.colorbar(image, ax=list(axes), label="level (dB)", pad=0.01, aspect=15 * len(panels))
    figure.savefig(path, dpi=120)


def spectrogram_db(waveform: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Magnitude spectrogram, `20 log10(|STFT| + 1e-6)`, Hann window; `[num_samples]` -> float `[bins, columns]`."""
    window = max(2, round(WINDOW_SECONDS * sample_rate_hz))
    hop = max(1, round(HOP_SECONDS * sample_rate_hz))
    columns = -(-waveform.size // hop)
    padded = np.pad(waveform, (window // 2, window + hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop][:columns]
    bins = 2 ** (window - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(window), n=bins)) / window
    return 20.0 * np.log10(spectrum.T + 1e-6)

"""The ladder as a picture: time per sample of each rung on a logarithmic axis, real time and each rung's floor."""

import os
from collections.abc import Sequence

from tf_wavenet.bench.ladder import RungResult
from tf_wavenet.bench.ladder_table import beside_real_time


def draw(results: Sequence[RungResult], sample_rate_hz: int, title: str, path: str | os.PathLike) -> None:
    """Writes a PNG.

    Raises:
      ImportError: if matplotlib is missing.
    """
    from matplotlib.figure import Figure

    shown = [result for result in results if not result.missing]
    figure = Figure(figsize=(9, 0.34 * len(shown) + 1.4), layout="constrained")
    axes = figure.add_subplot()
    us = [result.timing.median_us for result in shown]
    places = range(len(shown))
    axes.barh(places, us, color=["#8a8f98" if not result.limits else "#2a6fb0" for result in shown], height=0.7)
    for place, result in zip(places, shown):
        if result.limits:
            floor = result.limits.us_per_sample(result.batch)
            axes.plot([floor, floor], [place - 0.35, place + 0.35], color="#f2a33a", linewidth=2.5)
        axes.annotate(
            beside_real_time(result.times_real_time),
            (result.timing.median_us, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
        )
    real_time = 1e6 / sample_rate_hz
    axes.axvline(real_time, color="#c0392b", linewidth=1.2)
    axes.annotate(
        "real time",
        (real_time, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        color="#c0392b",
        ha="center",
        fontsize=8,
    )
    axes.plot([], [], color="#f2a33a", linewidth=2.5, label="the machine's limit for the rung's bytes and arithmetic")
    axes.legend(loc="lower right", fontsize=8, frameon=False)
    axes.set_yticks(places, [result.rung.name for result in shown], fontsize=9)
    axes.set_ylim(len(shown) - 0.4, -0.7)
    axes.set_xscale("log")
    axes.set_xlim(min(us) / 4, max(us) * 6)
    axes.set_xlabel("microseconds per sample")
    axes.set_title(title, fontsize=10, pad=16)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(path, dpi=110)

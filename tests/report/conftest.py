"""Contents of a page that take no time: chirps, said by four systems; words that HTML must not believe."""

import numpy as np
import pytest

from tf_wavenet import evaluation, report
from tf_wavenet.evaluation.statistics import Estimate
from tf_wavenet.report import ladder

RATE_HZ = 16000
SECONDS = 8.0  # Longer than a busy machine takes for what a test does meanwhile.
HOSTILE = "\"Fish\" & <img src=x onerror=alert(1)></script><script>alert('chips')</script>"


def chirp(seconds, noise, seed):
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    tone = 0.3 * np.sin(2 * np.pi * (200 + 600 * time) * time)
    return (tone + noise * np.random.default_rng(seed).standard_normal(time.size)).astype(np.float32)


def estimates(mean):
    return {key: Estimate(mean + at, 0.05, 12) for at, key in enumerate(evaluation.METRICS)}


@pytest.fixture(scope="session")
def content():
    """A page with two sentences, an original, a classical vocoder and a voice in two precisions."""
    systems = [
        report.System(key="original", name="Original", note="the recording"),
        report.System(key="a", name="Griffin-Lim", note="no <b>network</b>"),
        report.System(key="b", name="WaveNet f32", precision="f32", times_real_time=3.0),
        report.System(key="c", name="WaveNet int16", precision="int16", times_real_time=5.0, base="b"),
    ]
    sentences = [
        report.Spoken(
            name=f"00000{number}",
            text=text,
            waveforms={
                system.key: chirp(SECONDS + number, 0.01 * at, 10 * number + at) for at, system in enumerate(systems)
            },
            measures={system.key: {"pesq": 2.0 + at, "stoi": float("nan")} for at, system in enumerate(systems[1:])},
        )
        for number, text in enumerate((HOSTILE, ""))
    ]
    rows = [
        report.Row(name="codec", estimates=estimates(4.0)),
        *(
            report.Row(name=system.name, key=system.key, estimates=estimates(2.0 + 0.1 * at))
            for at, system in enumerate(systems[1:])
        ),
    ]
    return report.Report(
        systems=systems,
        sentences=sentences,
        sample_rate_hz=RATE_HZ,
        metrics=evaluation.METRICS,
        rows=rows,
        differences=[
            report.Row(
                name="WaveNet int16",
                key="c",
                base="WaveNet f32",
                estimates={key: Estimate(0.1 if key == "pesq" else -0.01, 0.05, 12) for key in evaluation.METRICS},
            )
        ],
        num_measured=12,
        machine={"cpu": "A <fast> CPU", "cores": 2, "best_isa": "avx2", "python": "3.12", "tensorflow": "none"},
        commands=[("This page", "tf-wavenet report --output='a & b'")],
        date="2026-01-31",
        ladder=ladder.load(),
    )


@pytest.fixture(scope="session")
def html(content):
    return report.render(content)

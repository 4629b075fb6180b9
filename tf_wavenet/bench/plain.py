"""The engine at its plainest: one thread, one utterance, nothing ahead.

It is what oracles.py verifies, and what every other way of running the engine must equal, bit for bit.
"""

import numpy as np

from tf_wavenet import native
from tf_wavenet.bench.subject import Subject

PLAIN = {"num_threads": 1, "schedule": "single", "steps_ahead": 1, "max_lanes": 1}
# Enough for every layer's left halves to have had several turns, in rows of two lengths.
SAMPLES = 400


def engine(subject: Subject, isa: str) -> native.Engine:
    """Opens it."""
    return native.Engine(subject.voice_path, isa=isa, nonlinearities=subject.nonlinearities, **PLAIN)


def batch_inputs(subject: Subject, batch: int) -> dict:
    """Returns arguments of `generate` for `batch` different utterances of about `SAMPLES` samples."""
    frames = min(max(2, subject.frames_for(SAMPLES)), len(subject.conditioning))
    rows = np.arange(batch)
    return {
        "conditioning": np.stack([np.roll(subject.conditioning[:frames], row, axis=0) for row in rows]),
        "num_frames": frames - rows % min(2, frames),
        "seed": subject.seed + rows,
        "temperature": (1.0 - 0.1 * (rows % 3)).astype(np.float32),
    }


def require_same_bits(name: str, other: native.Engine, subject: Subject, isa: str, batch: int) -> None:
    """Speaks `batch` utterances at once with `other` and one after another with the plain engine.

    Raises:
      RuntimeError: if samples or logits differ in any bit.
    """
    inputs = batch_inputs(subject, batch)
    got = other.generate(**inputs, return_logits=True)
    with engine(subject, isa) as plain:
        for row in range(batch):
            alone = {key: value[row : row + 1] for key, value in inputs.items()}
            wanted = plain.generate(**alone, return_logits=True)
            for what in ("samples", "logits"):
                found, expected = getattr(got, what)[row], getattr(wanted, what)[0]
                if not np.array_equal(found.view(np.uint32), expected.view(np.uint32)):
                    raise RuntimeError(
                        f"{name}: {what} of utterance {row} of {batch} are not those of one thread that speaks it alone"
                    )

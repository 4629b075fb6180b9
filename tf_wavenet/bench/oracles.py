"""What the engine must compute, without TensorFlow: float32 in NumPy, and the exact reference of integers."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from tf_wavenet import export
from tf_wavenet.bench import agreement, plain
from tf_wavenet.bench.agreement import Agreement
from tf_wavenet.bench.subject import Subject
from tf_wavenet.export.teacher_forcing import matrix_inputs
from tf_wavenet.reference import IntegerReference
from tf_wavenet.reference.exact_sampler import draw
from tf_wavenet.training.data import Recording


@dataclasses.dataclass(frozen=True, kw_only=True)
class Oracle:
    """`compute(subject, frames)` returns the levels to force on the engine `[1, N]`, or None where it draws freely, and
    the logits `[1, N, a]` and draws `[1, N]` that it must give."""

    name: str
    exact: bool  # Logits and draws must be equal, not just close.
    nonlinearities: tuple[str, ...]  # Of the engine, that it can tell right from wrong.
    compute: Callable


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verified:
    """What was compared: the engine with its oracle on one ISA, and with itself on the others."""

    oracle: str
    exact: bool
    isa: str
    agreement: Agreement
    same_bits: tuple[str, ...]  # The other ISAs.


def _teacher_forced(subject: Subject, frames: int):
    conditioning = subject.conditioning[:frames]
    levels = subject.forced(frames * subject.config.audio.hop_samples)
    tensors = export.fold(subject.config.model, subject.tensors)
    inputs = matrix_inputs(subject.config, tensors, Recording("", levels[0], conditioning))
    z_a = np.concatenate([matrix for name, matrix in inputs if name == "out"])
    logits = z_a @ tensors["out"].T + tensors["out.bias"]
    return levels, logits[None], draw(logits, subject.uniforms[: levels.size], np.float32(1))[None]


def _integers(subject: Subject, frames: int):
    reference = IntegerReference(subject.voice_path, subject.nonlinearities)
    result = reference.generate(subject.conditioning[None, :frames], [subject.seed])
    return None, result.logits, result.samples


_FLOAT32 = Oracle(
    name="NumPy float32", exact=False, nonlinearities=("libm", "rational", "fixed"), compute=_teacher_forced
)
_EXACT = Oracle(name="IntegerReference", exact=True, nonlinearities=("rational", "fixed"), compute=_integers)
ORACLES = {"f32": _FLOAT32, "int16": _EXACT, "int8": _EXACT}  # By the precision of the voice.


def require_oracle(subject: Subject) -> None:
    """Raises `ValueError` if there is nothing to verify the engine against."""
    known = ORACLES[subject.precision].nonlinearities
    if subject.nonlinearities not in ("", *known):
        raise ValueError(
            f"nonlinearities is {subject.nonlinearities!r}, must be one of {', '.join(known)}: others cannot be "
            f"verified of an {subject.precision} voice"
        )


def verify(subject: Subject, isas: Sequence[str]) -> Verified:
    """Compares the plain engine on the last of `isas`, the best, with its oracle, and on the others with that.

    It does so over as many frames as it takes until the layer that looks back furthest sees samples, and one more.

    Raises:
      RuntimeError: if anything disagrees.
    """
    oracle = ORACLES[subject.precision]
    frames = subject.frames_for(max(subject.config.model.dilations) + 1) + 1
    conditioning = subject.conditioning[:frames]
    *others, best = isas

    forced, *wanted = oracle.compute(subject, len(conditioning))

    def speak(isa: str):
        with plain.engine(subject, isa) as engine:
            return engine.generate(conditioning, forced=forced, seed=subject.seed, temperature=1.0, return_logits=True)

    result = speak(best)
    agreed = agreement.compare(result.logits, result.samples, *wanted)
    if not agreed.within(oracle.exact):
        raise RuntimeError(f"{subject.name} {subject.precision} on {best} disagrees with {oracle.name}: {agreed}")
    for isa in others:
        other = speak(isa)
        if not (_same_bits(other.logits, result.logits) and _same_bits(other.samples, result.samples)):
            raise RuntimeError(f"{subject.name} {subject.precision}: the bits of {isa} are not those of {best}")
    return Verified(oracle=oracle.name, exact=oracle.exact, isa=best, agreement=agreed, same_bits=tuple(others))


def _same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    return np.array_equal(a.view(np.uint32), b.view(np.uint32))

"""The rungs of the ladder: each a way to generate from the same model, all behind one signature.

The references in TensorFlow compute in float32, of an integer voice what its integers stand for. What the engine must
compute of such a voice is another thing, known to the bit: a rung of its own.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from tf_wavenet import native, ops
from tf_wavenet.bench.subject import Subject
from tf_wavenet.reference import CachedReference, IntegerReference, NaiveReference


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rung:
    """One way to generate.

    `make(subject)` returns `(generate, score)`:
      generate(count): draws `count` samples freely; what is timed.
      score(first, count): teacher-forced `(logits, draws)` of the samples [first, first + count); what is verified.
    """

    name: str
    oracle: str | None  # Name of the rung that it is verified against.
    verify_samples: int  # In each of the stretches that are compared.
    timed_samples: int
    make: Callable
    exact: bool = False  # Must equal its oracle, not just come close.
    whole_frames: bool = False  # Speaks nothing less.
    engine: bool = False  # Streams the voice file's weights: its speed is compared with the floor.


def _naive(subject: Subject):
    reference = NaiveReference(subject.config, subject.tensors)

    def score(first, count):
        result = reference.generate(*subject.inputs(first + count), forced=subject.forced(first + count), first=first)
        return result.logits, result.samples

    return lambda count: reference.generate(*subject.inputs(count)), score


def _cached(xla: bool):
    def make(subject: Subject):
        reference = CachedReference(subject.config, subject.tensors, xla=xla)

        def score(first, count):
            result = reference.generate(*subject.inputs(first + count), forced=subject.forced(first + count))
            return result.logits[:, first:], result.samples[:, first:]

        return lambda count: reference.generate(*subject.inputs(count)), score

    return make


def _integers(subject: Subject):
    reference = IntegerReference(subject.voice_path, subject.nonlinearities)

    def run(count, forced=None):
        return reference.generate(subject.inputs(count)[0], [subject.seed], forced=forced)

    def score(first, count):
        stop = first + count
        result = run(stop, subject.forced_frames(stop))
        return result.logits[:, first:stop], result.samples[:, first:stop]

    return run, score


def _fused(subject: Subject):
    voice = native.load_voice(subject.voice_path)
    options = {"seed": subject.seed, "isa": subject.isa, "nonlinearities": subject.nonlinearities}

    def generate(count):
        # Through the op, as users call it: the loop, its checks and the copies of TensorFlow are all in the time.
        conditioning = subject.conditioning[: subject.frames_for(count)]
        return ops.generate(voice.data, conditioning, **options).samples.numpy()

    def score(first, count):
        stop = first + count
        conditioning = subject.conditioning[: subject.frames_for(stop)]
        forced = subject.forced_frames(stop)
        result = native.generate(voice, conditioning, forced=forced, return_logits=True, **options)
        # The op returns no logits; that it runs the same engine is seen from its samples.
        if not np.array_equal(generate(stop), native.generate(voice, conditioning, **options).samples):
            raise RuntimeError("the op's samples are not those of the engine")
        return result.logits[:, first:stop], result.samples[:, first:stop]

    return generate, score


_REFERENCES = (
    Rung(name="naive", oracle=None, verify_samples=40, timed_samples=20, make=_naive),
    Rung(name="cached", oracle="naive", verify_samples=40, timed_samples=400, make=_cached(xla=False)),
    Rung(name="cached+XLA", oracle="cached", verify_samples=400, timed_samples=2000, make=_cached(xla=True)),
)
_WHOLE = {"verify_samples": 400, "whole_frames": True}
_INTEGERS = Rung(name="integers", oracle=None, timed_samples=400, make=_integers, **_WHOLE)
_FUSED = Rung(name="fused", oracle="cached", timed_samples=16000, make=_fused, engine=True, **_WHOLE)
_INTEGER_LADDER = (*_REFERENCES, _INTEGERS, dataclasses.replace(_FUSED, oracle="integers", exact=True))

# By the precision of the voice.
LADDERS = {"f32": (*_REFERENCES, _FUSED), "int16": _INTEGER_LADDER, "int8": _INTEGER_LADDER}

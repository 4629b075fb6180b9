"""The rungs of the ladder: each a way to generate from the same model, all behind one signature."""

import dataclasses
from collections.abc import Callable

import numpy as np

from tf_wavenet import native, ops
from tf_wavenet.bench.subject import Subject
from tf_wavenet.reference import CachedReference, NaiveReference


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rung:
    """One way to generate.

    `make(subject)` returns `(generate, score)`:
      generate(count): draws `count` samples freely; what is timed.
      score(count): teacher-forced `(logits, draws)` over the subject's first `count` samples; what is verified.
    """

    name: str
    oracle: str | None  # Name of the rung that it is verified against.
    verify_samples: int
    timed_samples: int
    make: Callable


def _reference(build):
    def make(subject: Subject):
        reference = build(subject.config, subject.tensors)

        def run(count, forced):
            conditioning = subject.conditioning[: subject.frames_for(count)]
            return reference.generate(conditioning[None], subject.uniforms[None, :count], forced=forced)

        def score(count):
            result = run(count, subject.samples[None, :count])
            return result.logits, result.samples

        return lambda count: run(count, None), score

    return make


def _fused(subject: Subject):
    voice = native.load_voice(subject.voice_path)

    def generate(count):
        # Through the op, as users call it: the loop, its checks and the copies of TensorFlow are all in the time.
        conditioning = subject.conditioning[: subject.frames_for(count)]
        return ops.generate(voice.data, conditioning, seed=subject.seed, isa=subject.isa).samples.numpy()

    def score(count):
        frames = subject.frames_for(count)
        forced = np.zeros((1, frames * subject.config.audio.hop_samples), np.int32)
        forced[0, :count] = subject.samples[:count]
        result = native.generate(
            voice, subject.conditioning[:frames], seed=subject.seed, forced=forced, return_logits=True, isa=subject.isa
        )
        return result.logits[:, :count], result.samples[:, :count]

    return generate, score


RUNGS = (
    Rung(name="naive", oracle=None, verify_samples=40, timed_samples=20, make=_reference(NaiveReference)),
    Rung(name="cached", oracle="naive", verify_samples=40, timed_samples=400, make=_reference(CachedReference)),
    Rung(
        name="cached+XLA",
        oracle="cached",
        verify_samples=400,
        timed_samples=2000,
        make=_reference(lambda config, tensors: CachedReference(config, tensors, xla=True)),
    ),
    Rung(name="fused", oracle="cached", verify_samples=400, timed_samples=16000, make=_fused),
)

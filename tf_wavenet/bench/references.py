"""The ladder's rungs in TensorFlow: each a way to generate from the same model, behind one signature.

`make(subject)` returns `(generate, score)`:
  generate(count): draws `count` samples freely; what is timed.
  score(first, count): teacher-forced `(logits, draws)` of the samples [first, first + count); what is verified.
They compute in float32.
"""

from tf_wavenet.bench.subject import Subject
from tf_wavenet.reference import CachedReference, NaiveReference


def naive(subject: Subject):
    """The whole receptive field is computed anew for every sample."""
    reference = NaiveReference(subject.config, subject.tensors)

    def score(first, count):
        result = reference.generate(*subject.inputs(first + count), forced=subject.forced(first + count), first=first)
        return result.logits, result.samples

    return lambda count: reference.generate(*subject.inputs(count)), score


def cached(subject: Subject, xla: bool = False):
    """Activations are kept in ring buffers."""
    reference = CachedReference(subject.config, subject.tensors, xla=xla)

    def score(first, count):
        result = reference.generate(*subject.inputs(first + count), forced=subject.forced(first + count))
        return result.logits[:, first:], result.samples[:, first:]

    return lambda count: reference.generate(*subject.inputs(count)), score


def cached_xla(subject: Subject):
    """The same, compiled."""
    return cached(subject, xla=True)

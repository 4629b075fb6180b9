"""How well voices speak: copy synthesis of sentences that they have not heard, teacher-forced likelihood, and how far
each is from a reference voice."""

from tf_wavenet.evaluation.contender import Contender, load, names, with_reference
from tf_wavenet.evaluation.copy_synthesis import Evaluated, evaluate, mean_of, metric_differences
from tf_wavenet.evaluation.likelihood import Likelihood, bits_per_sample, compare, kl_nats
from tf_wavenet.evaluation.metrics import METRICS, Metric, pesq, stoi
from tf_wavenet.evaluation.sentences import Sentence, list_sentences, shipped_sentences

__all__ = [
    "METRICS",
    "Contender",
    "Evaluated",
    "Likelihood",
    "Metric",
    "Sentence",
    "bits_per_sample",
    "compare",
    "evaluate",
    "kl_nats",
    "list_sentences",
    "load",
    "mean_of",
    "metric_differences",
    "names",
    "pesq",
    "shipped_sentences",
    "stoi",
    "with_reference",
]

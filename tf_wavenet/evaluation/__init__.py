"""How well a voice speaks: copy synthesis of sentences it has not heard, and teacher-forced likelihood."""

from tf_wavenet.evaluation.copy_synthesis import Evaluated, evaluate, mean_of
from tf_wavenet.evaluation.likelihood import bits_per_sample
from tf_wavenet.evaluation.metrics import METRICS, Metric, stoi
from tf_wavenet.evaluation.sentences import Sentence, list_sentences, shipped_sentences

__all__ = [
    "METRICS",
    "Evaluated",
    "Metric",
    "Sentence",
    "bits_per_sample",
    "evaluate",
    "list_sentences",
    "mean_of",
    "shipped_sentences",
    "stoi",
]

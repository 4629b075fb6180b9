"""How well voices speak: copy synthesis of sentences that they have not heard, teacher-forced likelihood, and how far
each is from a reference voice."""

from tf_wavenet.evaluation.contender import Contender, load, names, with_reference
from tf_wavenet.evaluation.copy_synthesis import Evaluated, evaluate, mean_of, metric_differences
from tf_wavenet.evaluation.likelihood import Likelihood, bits_per_sample, compare, kl_nats
from tf_wavenet.evaluation.metrics import METRICS, Metric, pesq, stoi
from tf_wavenet.evaluation.report import Evaluation, as_json, legend, means_line, sentence_table, summary
from tf_wavenet.evaluation.sentences import Sentence, list_sentences, shipped_sentences

__all__ = [
    "METRICS",
    "Contender",
    "Evaluated",
    "Evaluation",
    "Likelihood",
    "Metric",
    "Sentence",
    "as_json",
    "bits_per_sample",
    "compare",
    "evaluate",
    "kl_nats",
    "legend",
    "list_sentences",
    "load",
    "mean_of",
    "means_line",
    "metric_differences",
    "names",
    "pesq",
    "sentence_table",
    "shipped_sentences",
    "stoi",
    "summary",
    "with_reference",
]

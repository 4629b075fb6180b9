"""How well voices speak: copy synthesis of sentences that they have not heard, beside classical vocoders;
teacher-forced likelihood, and how far each is from a reference voice.

    contenders, reference = evaluation.with_reference([evaluation.load(path) for path in paths])
    measured = evaluation.evaluate_systems(
        evaluation.all_systems(contenders), evaluation.shipped_sentences(), evaluation.METRICS, reference=reference
    )
    print(report.quality_table(measured).text())
"""

from tf_wavenet.evaluation.contender import Contender, load, names, with_reference
from tf_wavenet.evaluation.copy_synthesis import evaluate_systems
from tf_wavenet.evaluation.likelihood import Likelihood, bits_per_sample, compare, kl_nats
from tf_wavenet.evaluation.metric import Metric
from tf_wavenet.evaluation.metrics import METRICS
from tf_wavenet.evaluation.perceptual import pesq, stoi
from tf_wavenet.evaluation.pitch import f0_error_cents, voicing_error
from tf_wavenet.evaluation.recordings import Heard, Recordings, hear
from tf_wavenet.evaluation.results import Evaluated, Evaluation
from tf_wavenet.evaluation.sentences import Sentence, list_sentences, of_speaker, shipped_sentences
from tf_wavenet.evaluation.spectral import log_spectral_distance, mel_cepstral_distortion
from tf_wavenet.evaluation.statistics import Estimate, estimate, paired_difference
from tf_wavenet.evaluation.systems import BASELINES, Generation, System, all_systems, baseline, scheduled, voice

__all__ = [
    "BASELINES",
    "METRICS",
    "Contender",
    "Estimate",
    "Evaluated",
    "Evaluation",
    "Generation",
    "Heard",
    "Likelihood",
    "Metric",
    "Recordings",
    "Sentence",
    "System",
    "all_systems",
    "baseline",
    "bits_per_sample",
    "compare",
    "estimate",
    "evaluate_systems",
    "f0_error_cents",
    "hear",
    "kl_nats",
    "list_sentences",
    "of_speaker",
    "load",
    "log_spectral_distance",
    "mel_cepstral_distortion",
    "names",
    "paired_difference",
    "pesq",
    "scheduled",
    "shipped_sentences",
    "stoi",
    "voice",
    "voicing_error",
    "with_reference",
]

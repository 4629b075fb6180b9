"""The measures of a synthesis against its original: each is a row of `METRICS`, which tables and JSON files follow."""

from tf_wavenet.evaluation.metric import Metric
from tf_wavenet.evaluation.perceptual import pesq, stoi
from tf_wavenet.evaluation.pitch import f0_error_cents, voicing_error
from tf_wavenet.evaluation.spectral import log_spectral_distance, mel_cepstral_distortion

METRICS = {
    "stoi": Metric("STOI", stoi, "pystoi"),
    "pesq": Metric("PESQ", pesq, "pesq"),
    "mcd": Metric("MCD dB", mel_cepstral_distortion, "pyworld", digits=2, higher_is_better=False),
    "lsd": Metric("LSD dB", log_spectral_distance, "librosa", digits=2, higher_is_better=False),
    "f0": Metric("F0 cents", f0_error_cents, "pyworld", digits=1, higher_is_better=False),
    "voicing": Metric("voicing %", voicing_error, "pyworld", digits=2, higher_is_better=False),
}

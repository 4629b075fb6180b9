"""The cost model of the talk "Fast Inference for Neural Vocoders": what a sample costs, and what bounds its speed.

Arithmetic on sizes: it needs no engine, no weights and no machine. Standard library and `config` only.
"""

from tf_wavenet.cost.bound import Bound, Limits, bound
from tf_wavenet.cost.samplernn import SampleRNNConfig, SampleRNNVocoder
from tf_wavenet.cost.step import NUMBER_BYTES, StepCost
from tf_wavenet.cost.wavenet import WaveNetVocoder

__all__ = [
    "NUMBER_BYTES",
    "Bound",
    "Limits",
    "SampleRNNConfig",
    "SampleRNNVocoder",
    "StepCost",
    "WaveNetVocoder",
    "bound",
]

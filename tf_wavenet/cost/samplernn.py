"""What a SampleRNN costs by the talk's formula (slide "SampleRNN Peak"), with a GRU in each of its layers:

    FLOP/s = layers x samples per second x (6 width^2) x 2

The GRU's matrix is twice as wide and three times as tall as its state. Three layers of 1024 at 16 kHz: 0.60 TFLOP/s.
The formula runs every layer for every sample; a SampleRNN runs its upper tiers once for several samples, so it costs
less. Embedding, upsampling and output layers are not in it.
"""

import dataclasses

from tf_wavenet.config import ConfigBase
from tf_wavenet.cost.step import StepCost, number_bytes, require_positive

_STATE_BYTES = 4  # Hidden states are sums over time: float32 in every precision, as the residual stream of WaveNet.


@dataclasses.dataclass(frozen=True, kw_only=True)
class SampleRNNConfig(ConfigBase):
    """Sizes of the formula; the defaults are the best published model's."""

    layers: int = 3
    width: int = 1024

    def __post_init__(self):
        self._require_int("layers", 1, 1 << 10)
        self._require_int("width", 1, 1 << 16)


@dataclasses.dataclass(frozen=True, kw_only=True)
class SampleRNNVocoder:
    """A SampleRNN and the rate of its samples."""

    sizes: SampleRNNConfig = SampleRNNConfig()
    sample_rate_hz: int = 16000
    hop_samples: None = None  # The formula knows no frames.

    def __post_init__(self):
        require_positive("sample_rate_hz", self.sample_rate_hz)

    @property
    def talk_multiply_adds(self) -> int:
        """Multiply-adds of a step."""
        return self.sizes.layers * 6 * self.sizes.width**2

    def cost(self, precision: str) -> StepCost:
        """Returns what a step costs in "f32", "int16" or "int8"; raises `ValueError` for another precision.

        There is no engine for it and no voice file: bytes are those of weights and hidden states alone.
        """
        weight_bytes = number_bytes(precision) * self.talk_multiply_adds
        state_bytes = _STATE_BYTES * self.sizes.layers * self.sizes.width
        return StepCost(
            precision=precision,
            multiply_adds=self.talk_multiply_adds,
            conditioning_multiply_adds=0.0,
            weight_bytes=weight_bytes,
            streamed_bytes=weight_bytes,
            other_bytes=2.0 * state_bytes,  # Read and written.
            voice_bytes=weight_bytes,
            state_bytes=state_bytes,
        )

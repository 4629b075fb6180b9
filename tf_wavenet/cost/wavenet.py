"""What a WaveNet costs. l layers; r residual, s skip, a output channels; C conditioning channels, k frames of context.

Multiply-adds of a step, as many as it reads weights (`WaveNetConfig.weights_per_sample`):

    l (2 r 2r + r s) + (l - 1) r r + s a + a a        gate and skip; residual, but of the last layer; the two outputs

The talk approximates it (slide "WaveNet Peak"):

    l (2 r 2r + r s) + s a + 2 a a                    FLOP/s = 2 x this x samples per second

which leaves out the residual's r r and takes a a twice. As printed, it gives the large model (40/64/256) 0.048 TFLOP/s
at 16 kHz; the 0.055 that the talk names come out with r r in every layer and at 16,384 Hz.

Bytes are those of a voice file and of a state as the engine lays them out (cc/engine/model/voice.h, synth/state.h).
n' is n padded to a multiple of 16, n" to whole groups of 32 bits, w the bytes of a number:

    matrices      w (l (4r' r" + s' r") + (l - 1) r' r" + a' s" + a' a")
    biases        4 (s' + (l - 1) r' + 2a')
    scales        4 (l 2r' + (l - 1) r' + l s' + 2a')             of rows, integers only
    embeddings    4 (2 a r')
    conditioning  l 2r' (4 (2k + 1) C + 4 n)                      n biases of each row, one for each speaker;
                  l 2r' (2 ((2k + 1) C)" + 4 + 4 n)               of integers int16, which the engine widens to float32
    act. scales   4 (l + 2)'                                      of activations, integers only
    checksum      64
    state         64 + {4 k C} + sum_i {d_i r' w}                 header, frames, rings; {}: padded to 64 bytes

A step streams the first three. Besides, it moves two rows of the embeddings; two vectors of conditioning, 4 (2 l 2r')
(the frame's projection, and what is added up to the next frame's); in each layer an x out of its ring and one into it;
and once a frame all weights of the conditioning, as float32.
"""

import dataclasses

from tf_wavenet.config import WaveNetConfig
from tf_wavenet.cost.step import StepCost, number_bytes, require_positive

_ROW_ALIGN = 16
_GROUP_BYTES = 4
_LINE_BYTES = 64
_FLOAT_BYTES = 4
_INT16_BYTES = 2


@dataclasses.dataclass(frozen=True, kw_only=True)
class WaveNetVocoder:
    """A WaveNet, the rate of its samples, and the samples in a frame of conditioning."""

    sizes: WaveNetConfig
    sample_rate_hz: int
    hop_samples: int

    def __post_init__(self):
        for field in ("sample_rate_hz", "hop_samples"):
            require_positive(field, getattr(self, field))

    @property
    def talk_multiply_adds(self) -> int:
        """Multiply-adds of a step by the talk's approximate formula."""
        r, s, a = self.sizes.residual_channels, self.sizes.skip_channels, self.sizes.output_channels
        return self.sizes.layers * (2 * r * 2 * r + r * s) + s * a + 2 * a * a

    def cost(self, precision: str) -> StepCost:
        """Returns what a step costs in "f32", "int16" or "int8"; raises `ValueError` for another precision.

        `streamed_bytes` is a voice file's `weight_bytes_per_sample`, `state_bytes` the engine's.
        """
        model, width = self.sizes, number_bytes(precision)
        gate_rows = model.layers * 2 * model.residual_channels
        padded_gate_rows = model.layers * 2 * _pad(model.residual_channels, _ROW_ALIGN)
        conditioning_cols = (2 * model.conditioning_context + 1) * model.conditioning_channels
        conditioning_bytes = _FLOAT_BYTES * padded_gate_rows * (conditioning_cols + 1)  # As the engine reads them.
        streamed_bytes = _streamed_bytes(model, width)
        return StepCost(
            precision=precision,
            multiply_adds=model.weights_per_sample,
            conditioning_multiply_adds=gate_rows * conditioning_cols / self.hop_samples,
            weight_bytes=width * model.weights_per_sample,
            streamed_bytes=streamed_bytes,
            other_bytes=_sample_bytes(model, width) + conditioning_bytes / self.hop_samples,
            voice_bytes=streamed_bytes
            + _held_bytes(model, width)
            + padded_gate_rows * _conditioning_row_bytes(model, width),
            state_bytes=_state_bytes(model, width),
        )


def _streamed_bytes(model: WaveNetConfig, width: int) -> int:
    """Matrices, biases and scales."""
    layers = model.layers
    rp, sp, ap = (_pad(n, _ROW_ALIGN) for n in (model.residual_channels, model.skip_channels, model.output_channels))
    r_cols, s_cols, a_cols = (
        _pad(n, _GROUP_BYTES // width) for n in (model.residual_channels, model.skip_channels, model.output_channels)
    )
    matrices = layers * (4 * rp + sp) * r_cols + (layers - 1) * rp * r_cols + ap * s_cols + ap * a_cols
    biases = sp + (layers - 1) * rp + 2 * ap
    scales = layers * 2 * rp + (layers - 1) * rp + layers * sp + 2 * ap
    return width * matrices + _FLOAT_BYTES * (biases + _if_integer(width, scales))


def _held_bytes(model: WaveNetConfig, width: int) -> int:
    """What a voice file holds of embeddings, scales of activations and its checksum."""
    embeddings = 2 * model.output_channels * _pad(model.residual_channels, _ROW_ALIGN)
    scales = _pad(model.layers + 2, _ROW_ALIGN)
    return _FLOAT_BYTES * (embeddings + _if_integer(width, scales)) + _LINE_BYTES


def _conditioning_row_bytes(model: WaveNetConfig, width: int) -> int:
    """What a voice file holds of a row of the conditioning: weights and bias; of integers int16, a scale and a bias."""
    cols = (2 * model.conditioning_context + 1) * model.conditioning_channels
    if width == _FLOAT_BYTES:
        return _FLOAT_BYTES * (cols + model.bias_rows)
    return _INT16_BYTES * _pad(cols, _GROUP_BYTES // _INT16_BYTES) + _FLOAT_BYTES * (1 + model.bias_rows)


def _sample_bytes(model: WaveNetConfig, width: int) -> int:
    """What a step moves of embeddings, conditioning and rings."""
    rp = _pad(model.residual_channels, _ROW_ALIGN)
    embeddings, conditioning, rings = 2 * rp, 2 * model.layers * 2 * rp, 2 * model.layers * rp
    return _FLOAT_BYTES * (embeddings + conditioning) + width * rings


def _state_bytes(model: WaveNetConfig, width: int) -> int:
    """Header, frames of conditioning, rings."""
    frames = _pad(_FLOAT_BYTES * model.conditioning_context * model.conditioning_channels, _LINE_BYTES)
    slot = width * _pad(model.residual_channels, _ROW_ALIGN)
    return _LINE_BYTES + frames + sum(_pad(dilation * slot, _LINE_BYTES) for dilation in model.dilations)


def _if_integer(width: int, count: int) -> int:
    return count if width < _FLOAT_BYTES else 0


def _pad(count: int, multiple: int) -> int:
    return -(-count // multiple) * multiple

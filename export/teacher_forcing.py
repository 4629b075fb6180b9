"""The float32 model over a recording, all samples of a block at once and layer by layer, in NumPy.

    x_0 = E_prev[y(t-2)] + E_cur[y(t-1)]                 predicts y(t); tanh of it if embed_tanh
    h_i = tanh(f) sigmoid(g),  [f, g] = W_prev x_i(t - d_i) + W_cur x_i(t) + L_i(t)
    x_{i+1} = x_i + W_res h_i + b_res,   q = sum_i W_skip h_i + b_skip
    z_s = relu(q),   z_a = relu(W_relu z_s + b_relu)   from which W_out makes logits

It runs on folded tensors (those of a voice file), so what is calibrated is what is written.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from tf_wavenet.config import VoiceConfig
from tf_wavenet.training.data import Recording

BLOCK_SAMPLES = 8192  # 8 MB at 256 channels: memory does not grow with the recording, and BLAS has enough to chew.


def matrix_inputs(
    config: VoiceConfig, tensors: Mapping[str, np.ndarray], recording: Recording, block_samples: int = BLOCK_SAMPLES
) -> Iterator[tuple[str, np.ndarray]]:
    """Yields what enters each matrix, block after block of the recording; the blocks join without a seam.

    Args:
      config: audio features and sizes.
      tensors: float32 by voice file name, as `fold` returns them.
      recording: levels `[T]` and log-mel features `[ceil(T / hop), C]`.
      block_samples: how many samples to compute at once; rounded down to whole frames, at least one.

    Yields:
      (name, float32 `[samples, cols]`), in the order of computation and for each block:
        "cond"           `[frames, cols]`, each with its context
        "layers.I.gate"  [x_i(t - d_i), x_i(t)], cols 2 r
        "layers.I.h"     h_i, cols r: enters res and skip
        "relu", "out"    z_s and z_a
    """
    model, hop = config.model, config.audio.hop_samples
    r = model.residual_channels
    weights = _transposed(tensors)
    levels = np.concatenate([[model.silence_level] * 2, recording.levels.astype(np.int64)])
    embed_prev, embed_cur = (tensors[name].reshape(-1, r) for name in ("embed.prev", "embed.cur"))
    biases = tensors["cond.bias"].reshape(model.bias_rows, model.layers, -1)[recording.speaker]
    history = [np.zeros((dilation, r), np.float32) for dilation in model.dilations]
    frames_at_once = max(1, block_samples // hop)
    for first_frame in range(0, len(recording.mel), frames_at_once):
        last_frame = min(first_frame + frames_at_once, len(recording.mel))
        start, stop = first_frame * hop, min(last_frame * hop, recording.levels.size)
        windows = _windows(recording.mel, first_frame, last_frame, model.conditioning_context)
        yield "cond", windows[:-1]
        x = embed_prev[levels[start:stop]] + embed_cur[levels[start + 1 : stop + 1]]
        x = np.tanh(x) if model.embed_tanh else x
        q = tensors["skip.bias"].ravel()
        for i in range(model.layers):
            joined = np.concatenate([history[i], x])
            history[i] = joined[len(x) :]
            inputs = np.concatenate([joined[: len(x)], x], axis=1)
            yield f"layers.{i}.gate", inputs
            frames = windows @ weights["cond"][i] + biases[i]
            pre = inputs @ weights[f"layers.{i}.gate"] + _upsampled(frames, hop, model.upsampling)[: len(x)]
            h = np.tanh(pre[:, :r]) * _sigmoid(pre[:, r:])
            yield f"layers.{i}.h", h
            q = q + h @ weights[f"layers.{i}.skip"]
            if i < model.layers - 1:
                x = x + (h @ weights[f"layers.{i}.res"] + tensors[f"layers.{i}.res.bias"].ravel())
        z_s = np.maximum(q, 0)
        yield "relu", z_s
        yield "out", np.maximum(z_s @ weights["relu"] + tensors["relu.bias"].ravel(), 0)


def _transposed(tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Matrices as `[cols, rows]`; prev and cur joined to gate `[2 r, 2 r]`, cond `[layers, window C, 2 r]`."""
    weights = {name: tensor.T for name, tensor in tensors.items() if tensor.ndim == 2}
    for i in range(len(tensors["cond"])):
        joined = np.concatenate([tensors[f"layers.{i}.prev"], tensors[f"layers.{i}.cur"]], axis=1)
        weights[f"layers.{i}.gate"] = joined.T
    cond = tensors["cond"]
    return weights | {"cond": cond.reshape(*cond.shape[:2], -1).transpose(0, 2, 1)}


def _windows(mel: np.ndarray, first: int, last: int, context: int) -> np.ndarray:
    """Frames first .. last, and `context` around each, oldest first: `[last - first + 1, window * C]`."""
    wanted = np.arange(first, last + 1)[:, None] + np.arange(-context, context + 1)
    return mel[np.clip(wanted, 0, len(mel) - 1)].reshape(len(wanted), -1)


def _upsampled(frames: np.ndarray, hop: int, upsampling: str) -> np.ndarray:
    """L at sample rate: `[F + 1, rows]` -> `[F * hop, rows]`."""
    here, slope = frames[:-1, None], np.diff(frames, axis=0)[:, None]
    weight = np.arange(hop, dtype=np.float32)[:, None] / np.float32(hop)
    weight = weight if upsampling == "linear" else np.zeros_like(weight)
    return (here + weight * slope).reshape(-1, frames.shape[1])


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return np.float32(0.5) + np.float32(0.5) * np.tanh(np.float32(0.5) * x)  # Overflows nowhere.

"""The engine's sampler in float32, to the bit (cc/engine/synth/sampler.h).

    e[k] = exp((logits[k] - max) / temperature);   the first k with e[0] + ... + e[k] > u * (sum of all e)

Sums run in blocks of 16 levels: each block's sum in level order, then the prefix sums over blocks.
"""

import numpy as np

from tf_wavenet.reference import float32

BLOCK_LEVELS = 16
NOT_FINITE = -1


@np.errstate(invalid="ignore", over="ignore")
def draw(logits: np.ndarray, uniforms: np.ndarray, temperature: np.float32) -> np.ndarray:
    """Draws one level per row.

    Args:
      logits: float32 `[B, a]`.
      uniforms: float32 `[B]` in [0, 1).
      temperature: positive.

    Returns:
      int64 `[B]`, `NOT_FINITE` where the logits have no distribution (NaN or infinite).
    """
    highest = np.fmax.reduce(logits, axis=1, keepdims=True)  # Passes over NaN.
    e = float32.exp((logits - highest) / temperature)
    padding = -e.shape[1] % BLOCK_LEVELS
    blocks = np.pad(e, ((0, 0), (0, padding))).reshape(len(e), -1, BLOCK_LEVELS)

    # `accumulate` adds one by one, where `sum` would add in pairs.
    prefix = np.add.accumulate(np.add.accumulate(blocks, axis=2)[:, :, -1], axis=1)
    total = prefix[:, -1]
    threshold = (uniforms * total)[:, None]
    rows, block = np.arange(len(e)), np.argmax(prefix > threshold, axis=1)
    before = np.where(block > 0, prefix[rows, block - 1], np.float32(0))
    inside = blocks[rows, block]
    sums = np.add.accumulate(np.concatenate([before[:, None], inside], axis=1), axis=1)[:, 1:]
    above = sums > threshold
    # The sums within may round to less than the prefix did; then the last level that can be drawn is.
    last = BLOCK_LEVELS - 1 - np.argmax(inside[:, ::-1] > 0, axis=1)
    level = block * BLOCK_LEVELS + np.where(above.any(axis=1), np.argmax(above, axis=1), last)
    return np.where(np.isfinite(total), level, NOT_FINITE)

"""How a voice is trained."""

import dataclasses

from tf_wavenet.config import ConfigBase

COMPUTE_DTYPES = ("float32", "bfloat16")


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainingConfig(ConfigBase):
    """Batches, learning rate and intervals of one training run. The defaults were tried on an hour of speech."""

    steps: int = 8000
    batch_size: int = 2
    crop_samples: int = 8000  # Rounded down to whole frames; several receptive fields long.
    learning_rate: float = 1.5e-3
    warmup_steps: int = 200
    decay_fraction: float = 0.4  # The last part of the run, over which the rate falls linearly to zero.
    clip_norm: float = 1.0  # Of the gradient over all tensors; keeps early steps from diverging.
    ema_decay: float = 0.999  # Of the moving average of the weights, which is what speaks; 0 = the weights themselves.
    compute_dtype: str = "float32"  # Of activations and products; weights, their averages and the loss stay float32.
    validate_every: int = 200
    checkpoint_every: int = 200
    sample_every: int = 2000  # Audio for TensorBoard.
    validation_batches: int = 8
    seed: int = 0

    def __post_init__(self):
        for field in ("steps", "batch_size", "crop_samples", "validate_every", "checkpoint_every", "sample_every"):
            self._require_int(field, 1, 1 << 40)
        self._require_int("validation_batches", 1, 1 << 20)
        self._require(self.compute_dtype in COMPUTE_DTYPES, "compute_dtype", f"one of {', '.join(COMPUTE_DTYPES)}")
        self._require_int("warmup_steps", 0, 1 << 40)
        self._require_int("seed", 0, (1 << 63) - 1)
        self._require_number("learning_rate", 1e-12, 1.0)
        self._require_number("decay_fraction", 0.0, 1.0)
        self._require_number("clip_norm", 1e-12, 1e12)
        self._require_number("ema_decay", 0.0, 0.999999)

    def learning_rate_at(self, step: int) -> float:
        """Linear warm-up, a plateau, then linear decay to zero over the last `decay_fraction` of the steps."""
        warmup = min(1.0, (step + 1) / (self.warmup_steps + 1))
        decay_steps = max(1.0, self.decay_fraction * self.steps)
        decay = min(1.0, max(0.0, (self.steps - step) / decay_steps))
        return self.learning_rate * warmup * decay

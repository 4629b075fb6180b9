"""How far two ways of computing the same model differ, teacher-forced over the same samples with the same uniforms."""

import dataclasses

import numpy as np

# Largest difference of logits, relative to their range, that counts as the same f32 model: sums of a few hundred terms
# in another order and rational instead of libm nonlinearities reach some 1e-5; a wrong weight or off-by-one
# exceeds 1e-1.
MAX_LOGITS_DIFFERENCE = 1e-3
# A draw differs where a uniform falls between two nearly equal cumulative sums.
MIN_EQUAL_DRAWS = 0.999


@dataclasses.dataclass(frozen=True, kw_only=True)
class Agreement:
    """Teacher-forced comparison over `steps` samples."""

    steps: int
    max_logits_difference: float  # As a fraction of the reference's range of logits.
    equal_draws: float  # Fraction of steps that draw the same level.

    @property
    def ok(self) -> bool:
        """Whether the two agree within the stated tolerances. One odd draw is allowed however few steps there are."""
        odd_draws = round((1.0 - self.equal_draws) * self.steps)
        draws_ok = odd_draws <= max(1, (1.0 - MIN_EQUAL_DRAWS) * self.steps)
        return self.max_logits_difference <= MAX_LOGITS_DIFFERENCE and draws_ok

    def within(self, exact: bool) -> bool:
        """Whether all logits and draws are equal, if they have to be; else `ok`."""
        return self.max_logits_difference == 0.0 and self.equal_draws == 1.0 if exact else self.ok


def compare(logits: np.ndarray, samples: np.ndarray, other_logits: np.ndarray, other_samples: np.ndarray) -> Agreement:
    """Compares logits `[B, N, a]` and draws `[B, N]` with those of a reference (`other_`)."""
    if logits.shape != other_logits.shape:
        raise ValueError(f"logits have shape {list(logits.shape)}, those of the reference {list(other_logits.shape)}")
    difference = np.max(np.abs(logits - other_logits)) / np.ptp(other_logits)
    return Agreement(
        steps=samples.size,
        max_logits_difference=float(difference),
        equal_draws=float(np.mean(samples == other_samples)),
    )

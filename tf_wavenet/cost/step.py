"""What one step of a vocoder costs; a step makes one sample."""

import dataclasses

# Of a weight, or an activation that a matrix multiplies.
NUMBER_BYTES = {"f32": 4, "int16": 2, "int8": 1}


@dataclasses.dataclass(frozen=True, kw_only=True)
class StepCost:
    """Counts of one step in one precision, and the sizes of a voice file and a state. Counted once each, wherever they
    lie: whether they come from a cache or from memory is the machine's affair."""

    precision: str  # "f32", "int16" or "int8".
    multiply_adds: int  # Of matrices and vectors, conditioning aside; nonlinearities are not counted.
    conditioning_multiply_adds: float  # Of a frame, shared by its samples.
    weight_bytes: int  # One number for each multiply-add: no padding, biases or scales.
    streamed_bytes: int  # What is read of the voice file in every step: with all three.
    other_bytes: float  # Histories, embeddings and conditioning, read or written.
    voice_bytes: int  # Of its file's tensors. An engine of integers holds its conditioning as float32 besides.
    state_bytes: int  # In memory, for each utterance.

    @property
    def traffic_bytes(self) -> float:
        """Bytes that a step moves. Vectors that live for one step (h, q, z) are not counted: they stay in the innermost
        cache."""
        return self.streamed_bytes + self.other_bytes

    def gflop_per_s(self, sample_rate_hz: float) -> float:
        """10^9 floating point operations for one second of audio, a multiply-add counted as two, as the talk does."""
        return 2e-9 * self.multiply_adds * sample_rate_hz

    def traffic_gb_per_s(self, sample_rate_hz: float) -> float:
        """10^9 bytes moved for one second of audio."""
        return 1e-9 * self.traffic_bytes * sample_rate_hz


def number_bytes(precision: str) -> int:
    """Returns the bytes of a number; raises `ValueError` for a precision that does not exist."""
    if precision not in NUMBER_BYTES:
        raise ValueError(f"precision is {precision!r}, must be one of {', '.join(NUMBER_BYTES)}")
    return NUMBER_BYTES[precision]


def require_positive(name: str, value: int) -> None:
    """Raises `ValueError` that calls the number `name` unless it is positive."""
    if value <= 0:
        raise ValueError(f"{name} is {value}, must be positive")

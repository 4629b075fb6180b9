"""Trainable models. `WaveNet` needs Keras 3 with any backend (KERAS_BACKEND)."""

from tf_wavenet.models.wavenet import WaveNet

__all__ = ["WaveNet"]

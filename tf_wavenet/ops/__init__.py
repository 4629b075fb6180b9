"""The engine as a TensorFlow op. TensorFlow and the op's library are loaded at the first call, not at import."""

from tf_wavenet.ops.fast_wavenet_inference import fast_wavenet_inference
from tf_wavenet.ops.generate import Generated, generate
from tf_wavenet.ops.library import load_ops

__all__ = ["Generated", "fast_wavenet_inference", "generate", "load_ops"]

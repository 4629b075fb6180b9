"""The engine as TensorFlow ops. TensorFlow and the ops' library are loaded at the first call, not at import."""

from tf_wavenet.ops.fast_wavenet_inference import fast_wavenet_inference
from tf_wavenet.ops.fast_wavenet_score import fast_wavenet_score
from tf_wavenet.ops.generate import Generated, generate
from tf_wavenet.ops.library import load_ops
from tf_wavenet.ops.score import Scored, score

__all__ = [
    "Generated",
    "Scored",
    "fast_wavenet_inference",
    "fast_wavenet_score",
    "generate",
    "load_ops",
    "score",
]

"""The two slow paths in TensorFlow that define what the engine must compute."""

from tf_wavenet.reference.cached import CachedReference
from tf_wavenet.reference.naive import NaiveReference
from tf_wavenet.reference.sampling import ReferenceResult

__all__ = ["CachedReference", "NaiveReference", "ReferenceResult"]

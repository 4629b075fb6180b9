"""Loads TensorFlow and the library of ops."""

import functools

from tf_wavenet import capi


def import_tensorflow():
    """Returns the `tensorflow` module; raises `ImportError` that says how to install it if there is none."""
    try:
        import tensorflow
    except ModuleNotFoundError as error:
        if error.name != "tensorflow":
            raise
        raise ImportError(
            "this needs TensorFlow: in the clone, pip install '.[tensorflow-cpu]', or '.[tensorflow]' for the "
            "build with GPU support (tf_wavenet.native generates without it)"
        ) from error
    return tensorflow


@functools.cache
def load_ops():
    """Registers the ops with TensorFlow, once, and returns the module of their generated functions.

    Programs that load a SavedModel holding the op call it first; `tf_wavenet.generate` does so by itself.

    Raises:
      ImportError: if TensorFlow or the library is missing, or the two do not fit.
    """
    tf = import_tensorflow()
    path = capi.library_path("libtf_wavenet_ops")
    try:
        return tf.load_op_library(str(path))
    except tf.errors.OpError as error:
        raise ImportError(f"{path} does not load into TensorFlow {tf.__version__}: {error.message}") from error

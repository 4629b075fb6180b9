"""Runs the op that Bazel built in the TensorFlow of this Python, and compares it with the engine that Bazel built."""

import importlib.machinery
import os
import pathlib
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
sys.path.insert(0, os.getcwd())  # The runfiles: Bazel's package goes before an installed one,
sys.meta_path.insert(0, importlib.machinery.PathFinder)  # also before one that is installed editable.

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

import tf_wavenet  # noqa: E402
from tf_wavenet import capi, config, native, spec  # noqa: E402


def main():
    with tempfile.TemporaryDirectory() as folder:
        # Installed, export/ is tf_wavenet.export.
        (pathlib.Path(folder) / "export").symlink_to(pathlib.Path("export").resolve())
        tf_wavenet.__path__.append(folder)
        from tf_wavenet import export

        model = config.WaveNetConfig(layers=4, residual_channels=8, skip_channels=8, dilation_cycle=4)
        path = pathlib.Path(folder) / "random.gguf"
        export.export_voice(config.VoiceConfig(model=model), spec.random_tensors(model, 0), path, name="random")

        library = capi.library_path("libtf_wavenet_ops")
        assert library.is_relative_to(os.getcwd()), f"{library} is not the one that Bazel built"
        mel = np.random.default_rng(0).normal(size=(2, 5, 80)).astype(np.float32)
        expected = native.generate(path, mel, seed=[1, 2])
        eager = tf_wavenet.generate(path, mel, seed=[1, 2])
        graph = tf.function(lambda mel: tf_wavenet.generate(path, mel, seed=[1, 2]))(mel)
        for result in (eager, graph):
            np.testing.assert_array_equal(result.samples, expected.samples)
            np.testing.assert_array_equal(result.state, expected.state)
        scores = native.score(path, mel, expected.samples)
        np.testing.assert_array_equal(tf_wavenet.score(path, mel, expected.samples).log_probs, scores.log_probs)
        print(f"{library}: the ops equal the engine in TensorFlow {tf.__version__}")


if __name__ == "__main__":
    main()

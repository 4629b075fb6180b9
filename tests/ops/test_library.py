import subprocess
import sys

import pytest

from tf_wavenet import capi


def _run(code, folder):
    """Runs `code` in a Python that does not see the source tree, and returns what it printed."""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_importing_the_package_does_not_import_tensorflow(tmp_path):
    loaded = _run(
        "import sys, tf_wavenet, tf_wavenet.ops, tf_wavenet.native, tf_wavenet.export\n"
        "print([name for name in ('tensorflow', 'keras', 'jax', 'librosa') if name in sys.modules])",
        tmp_path,
    )
    assert loaded.strip() == "[]"


def test_without_tensorflow_the_op_says_what_to_install_and_the_engine_works(tiny_voice, tmp_path):
    printed = _run(
        "import sys\n"
        "sys.modules['tensorflow'] = None\n"
        "import numpy as np, tf_wavenet\n"
        "mel = np.zeros((1, 12), np.float32)\n"
        f"print(tf_wavenet.native.generate({str(tiny_voice)!r}, mel).samples.shape)\n"
        "try:\n"
        f"    tf_wavenet.generate({str(tiny_voice)!r}, mel)\n"
        "except ImportError as error:\n"
        "    print(error)\n",
        tmp_path,
    )
    assert "(1, 80)" in printed
    assert "in the clone, pip install '.[tensorflow-cpu]'" in printed


def test_a_library_that_was_not_built_is_named():
    with pytest.raises(ImportError, match="libnone.so is not in .*: run 'pip install"):
        capi.library_path("libnone")


def test_unknown_names_are_attribute_errors():
    import tf_wavenet

    with pytest.raises(AttributeError, match="no attribute 'speak_up'"):
        tf_wavenet.speak_up  # noqa: B018
    assert "generate" in dir(tf_wavenet)

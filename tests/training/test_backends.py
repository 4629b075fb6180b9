"""The trainer's tests once more on JAX, in a process of their own: Keras chooses its backend once."""

import os
import pathlib
import subprocess
import sys


def test_trainer_on_jax(tmp_path):
    tests = pathlib.Path(__file__).with_name("test_trainer.py")
    command = [sys.executable, "-m", "pytest", "-q", "--import-mode=importlib", "-p", "no:cacheprovider", str(tests)]
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0 and "passed" in done.stdout, done.stdout + done.stderr

#!/usr/bin/env bash
# Runs op_test.py with $PYTHON_BIN_PATH. Without that variable a python3 that lacks TensorFlow is no failure.
set -eu
python="${PYTHON_BIN_PATH:-$(command -v python3)}"
if [ -z "${PYTHON_BIN_PATH:-}" ] && ! "$python" -c 'import gguf, tensorflow' 2>/dev/null; then
  echo "nothing to run the op in: $python has no tensorflow and gguf; PYTHON_BIN_PATH names one that has"
  exit 0
fi
exec "$python" tests/bazel/op_test.py

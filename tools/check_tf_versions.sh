#!/usr/bin/env bash
# Proves that one wheel serves every TensorFlow: builds it once, installs it beside each version in an environment of
# its own, and compares what the op generates there.
#
#   tools/check_tf_versions.sh [VERSION...]      default: 2.16.2 2.21.0
#
# $PYTHON (python3) is one that all of these versions support.
set -euo pipefail
cd "$(dirname "$0")/.."
versions=("$@")
[[ ${#versions[@]} -gt 0 ]] || versions=(2.16.2 2.21.0)
python=${PYTHON:-python3}
export PIP_DISABLE_PIP_VERSION_CHECK=1 TF_CPP_MIN_LOG_LEVEL=2

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" -m pip wheel -q --no-deps -w "$folder" .
wheel=$(echo "$folder"/*.whl)
echo "$(basename "$wheel") $(sha256sum "$wheel" | cut -c1-16)"

for version in "${versions[@]}"; do
  "$python" -m venv "$folder/$version"
  "$folder/$version/bin/python" -m pip install -q "$wheel" "tensorflow-cpu==$version"
  (cd "$folder" && "$folder/$version/bin/python" - "$version" <<'PYTHON'
import hashlib
import pathlib
import sys

import numpy as np
import tensorflow as tf

import tf_wavenet
from tf_wavenet import config, export, spec

model = config.WaveNetConfig(layers=10, residual_channels=32, skip_channels=64)
path = pathlib.Path("voice.gguf")
if not path.exists():  # the first version writes it for all
    export.export_voice(config.VoiceConfig(model=model), spec.random_tensors(model, 0), path, name="random")
conditioning = np.random.default_rng(0).normal(size=(2, 8, 80)).astype(np.float32)

speak = tf.function(lambda mel: tf_wavenet.generate(path, mel, seed=[1, 2]), autograph=False)
samples = speak(conditioning).samples.numpy()
digest = hashlib.sha256(samples.tobytes()).hexdigest()
print(f"TensorFlow {tf.__version__}: samples {list(samples.shape)}, sha256 {digest[:32]}")
pathlib.Path(f"{sys.argv[1]}.sha256").write_text(digest)
PYTHON
  )
done
if [[ $(cat "$folder"/*.sha256 | fold -w 64 | sort -u | wc -l) -ne 1 ]]; then
  echo "the samples differ" >&2
  exit 1
fi
echo "the same samples in ${versions[*]}"

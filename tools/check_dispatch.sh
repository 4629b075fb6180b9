#!/usr/bin/env bash
# Proves that the engine picks its ISA by the CPU, and that every CPU gets the same samples: runs the engine's tests and
# a short synthesis as this machine, and by qemu as a Haswell (AVX2) and a Nehalem (neither AVX nor FMA).
#
#   tools/check_dispatch.sh [PYTHON [BUILD]]
#
# PYTHON has tf_wavenet installed (.venv/bin/python), BUILD is where CMake built the tests (build/tests): `make test`
# leaves both.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-.venv/bin/python}
build=${2:-build/tests}
frames=3

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" - "$folder/voice.gguf" <<'PYTHON'
import sys

from tf_wavenet import config, export, spec

model = config.WaveNetConfig(layers=6, residual_channels=24, skip_channels=40, dilation_cycle=3)
voice = config.VoiceConfig(model=model)
export.export_voice(voice, spec.random_tensors(model, 0), sys.argv[1], name="random")
PYTHON

checksum=
check() {  # check NAME ISA COMMAND...: ISA must be picked (any if empty); the samples must be those of the first CPU
  local name=$1 isa=$2 line
  shift 2
  line=$("$@" "$build/selftest" "$folder/voice.gguf" $frames)
  echo "$name: $line"
  if [[ -n $isa && $line != "isa $isa,"* ]]; then
    echo "$name: wanted isa $isa" >&2
    exit 1
  fi
  checksum=${checksum:-${line##* }}
  if [[ ${line##* } != "$checksum" ]]; then
    echo "$name: wanted checksum $checksum" >&2
    exit 1
  fi
  "$@" "$build/engine_tests" --gtest_brief=1
}

check "this CPU" "" env
check Haswell avx2 qemu-x86_64 -cpu Haswell
check Nehalem scalar qemu-x86_64 -cpu Nehalem

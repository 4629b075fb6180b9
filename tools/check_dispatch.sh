#!/usr/bin/env bash
# Proves that the engine picks its ISA by the CPU, and that every CPU gets the same samples: runs the engine's tests and
# a short synthesis as this machine, and by qemu as a Haswell (AVX2) and a Nehalem (neither AVX nor FMA).
#
#   tools/check_dispatch.sh [BUILD]
#
# BUILD is where CMake built the tests (build/tests): `make test` leaves it.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/tests}
voice=tf_wavenet/voices/default.gguf
frames=3

checksum=
check() {  # check NAME ISA COMMAND...: ISA must be picked (any if empty); the samples must be those of the first CPU
  local name=$1 isa=$2 line
  shift 2
  line=$("$@" "$build/selftest" "$voice" $frames)
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

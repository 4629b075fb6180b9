#!/usr/bin/env bash
# Proves that the engine picks its ISA by the CPU, and that every CPU gets the same samples: runs the engine's tests and
# a short synthesis of every precision as this machine, and by qemu as a Haswell (AVX2) and a Nehalem (neither AVX nor FMA).
#
#   tools/check_dispatch.sh [BUILD]
#
# BUILD is where CMake built the tests (build/tests): `make test` leaves it.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/tests}
frames=3

declare -A checksum
check() {  # check NAME ISA COMMAND...: ISA must be picked (any if empty); the samples must be those of the first CPU
  local name=$1 isa=$2 precision line
  shift 2
  for precision in f32 int16 int8; do
    line=$("$@" "$build/selftest" "tf_wavenet/voices/default-$precision.gguf" $frames)
    echo "$name, $precision: $line"
    if [[ -n $isa && $line != "isa $isa,"* ]]; then
      echo "$name: wanted isa $isa" >&2
      exit 1
    fi
    checksum[$precision]=${checksum[$precision]:-${line##* }}
    if [[ ${line##* } != "${checksum[$precision]}" ]]; then
      echo "$name, $precision: wanted checksum ${checksum[$precision]}" >&2
      exit 1
    fi
  done
  # Schedules are the same code on every CPU, and their threads wait for each other too long under emulation.
  "$@" "$build/engine_tests" --gtest_brief=1 --gtest_filter='-*TeamTest.*:EnginesTest.*'
}

check "this CPU" "" env
check Haswell avx2 qemu-x86_64 -cpu Haswell
check Nehalem scalar qemu-x86_64 -cpu Nehalem

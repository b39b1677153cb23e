#!/bin/sh
# Builds kernels and native tests under sanitizers and runs all tests, by the presets "address" (and undefined) and
# "thread", or those that are named: cmake/sanitize.sh [address] [thread]. Maven must have unpacked OpenBLAS (mvn package).
set -eu
cd "$(dirname "$0")/../native"
[ $# -gt 0 ] || set -- address thread
jobs=$(nproc)

for preset in "$@"; do
  # threads meet in the short cases, too, and the full ones of conv2d take ten minutes under that sanitizer
  [ "$preset" = thread ] && unset QUERN_TEST_FULL || export QUERN_TEST_FULL=true
  cmake --preset "$preset" -DOPENBLAS_ROOT="$(dirname "$(find "$PWD"/target/openblas -name 'libopenblas.so*' | head -n 1)")"
  cmake --build --preset "$preset" --parallel "$jobs"
  ctest --preset "$preset" --parallel "$jobs"
done

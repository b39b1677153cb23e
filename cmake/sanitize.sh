#!/bin/sh
# Builds kernels and native tests under sanitizers and runs all tests: address and undefined, then thread, or those that
# are named: cmake/sanitize.sh [address,undefined] [thread]. Maven must have unpacked OpenBLAS (mvn package).
set -eu
home=$(CDPATH='' cd -P "$(dirname "$0")/.." && pwd)
[ $# -gt 0 ] || set -- address,undefined thread
openblas=$(dirname "$(find "$home/native/target/openblas" -name 'libopenblas.*' | head -n 1)")
jobs=$(nproc)
export QUERN_TEST_FULL=true

for kind in "$@"; do
  build=$home/native/target/sanitize/$kind
  cmake -S "$home/native" -B "$build" -DQUERN_SANITIZE="$kind" -DCMAKE_BUILD_TYPE=Release \
    -DOPENBLAS_ROOT="$openblas" -DQUERN_VERSION=dev
  cmake --build "$build" --parallel "$jobs"
  ctest --test-dir "$build" --parallel "$jobs" --output-on-failure --no-tests=error
done

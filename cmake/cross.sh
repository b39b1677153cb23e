#!/bin/sh
# What build.cmake runs for each platform that is not the host's, in native/target/cross/PLATFORM:
#   cmake/cross.sh tools PLATFORM   the program c++ by which native-maven-plugin compiles and links the glue, and the file
#                                   "ready", if the platform's tools are there
#   cmake/cross.sh test PLATFORM    the native tests, by an emulator: the fast ones, or all with QUERN_CROSS_TESTS=all
# A platform whose tools are missing is left out with a sentence that says so. Where CI is set, that fails, but for macOS.
set -eu
step=$1
platform=$2
home=$(CDPATH='' cd -P "$(dirname "$0")/.." && pwd)
tools=${QUERN_CROSS_TOOLS:-$HOME/.cache/quern-cross}
target=$home/native/target
out=$target/cross/$platform
build=$target/cmake/$platform

# Under emulators these take minutes each, on two cores, and what they look for is found by the others too.
slow='^(math_float|bce_with_logits|sigmoid_focal|cross_entropy|cross_entropy_soft|adam|muon|rmsprop|sgd|softmax|workspace|fuzz)\.'
case $platform in
  linux-arm64) compiler=aarch64-linux-gnu-g++ emulator=qemu-aarch64 ;;
  windows-x86_64) compiler=x86_64-w64-mingw32-g++-posix emulator=/usr/lib/wine/wine64 ;;
  macosx-arm64) compiler=$tools/zig/zig emulator= ;;
  *) echo "cross: unknown platform $platform" >&2; exit 1 ;;
esac

missing() { # what, for which platform is left out
  echo "cross: $platform is not $1: $2 is missing, which cmake/cross-tools.sh installs"
  [ -z "${CI:-}" ] || [ "$platform" = macosx-arm64 ] || exit 1
}

found() { command -v "$1" > /dev/null; }

write() { # file from standard input, only if it changes: builds look at its time
  mkdir -p "$(dirname "$1")"
  cat > "$1.new"
  chmod +x "$1.new"
  if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

# The program by which Java tests are run as on arm64. The host's own stands in for a missing one: surefire needs some.
java_program() {
  java=$tools/jre-arm64/bin/java
  if ! [ -x "$java" ] || ! found qemu-aarch64 || ! found "$compiler"; then
    missing "tested from Java" "$java"
    java=$JAVA_HOME/bin/java
  fi
  printf '#!/bin/sh\nexec "%s" "$@"\n' "$java" | write "$target/cross/java/bin/java"
}

# zig compiles; lld links, since zig's linker cannot limit the exported symbols.
zig_programs() {
  write "$out/c++" << END
#!/bin/sh
if [ "\$1" = -dylib ]; then
  # native-maven-plugin writes -oFILE
  for argument in "\$@"; do
    shift
    case \$argument in
      -o?*) set -- "\$@" -o "\${argument#-o}" ;;
      *) set -- "\$@" "\$argument" ;;
    esac
  done
  exec lld -flavor darwin "\$@"
fi
export ZIG_GLOBAL_CACHE_DIR="$tools/zig-cache"
exec "$tools/zig/zig" c++ -target aarch64-macos.11.0 "\$@"
END
  for program in ar ranlib; do
    printf '#!/bin/sh\nexec "%s" %s "$@"\n' "$tools/zig/zig" "$program" | write "$out/$program"
  done
}

find_tools() {
  [ "$platform" != linux-arm64 ] || java_program
  [ "$platform" != macosx-arm64 ] || found lld || compiler=lld
  if ! found "$compiler"; then
    missing built "$compiler"
    rm -rf "$out"
    printf '#!/bin/sh\n# %s is left out\n' "$platform" | write "$out/c++"
    return
  fi
  if [ "$platform" = macosx-arm64 ]; then
    zig_programs
  else
    printf '#!/bin/sh\nexec %s "$@"\n' "$compiler" | write "$out/c++"
  fi
  : > "$out/ready"
}

run_tests() {
  [ -e "$out/ready" ] && [ -e "$build/CTestTestfile.cmake" ] && [ -n "$emulator" ] || return 0
  if ! found "$emulator"; then
    missing tested "$emulator"
    return
  fi
  export WINEPREFIX="$out/wine" WINEDEBUG=-all
  if [ "${QUERN_CROSS_TESTS:-}" = all ]; then
    slow='^$'
    export QUERN_TEST_FULL=true
  else
    export QUERN_TEST_FAST=1
    unset QUERN_TEST_FULL
  fi
  if [ "$platform" = windows-x86_64 ]; then
    # one server from beginning to end, and a prefix before the first test: tests that start side by side would race
    mkdir -p "$WINEPREFIX"
    /usr/lib/wine/wineserver64 -p
    trap '/usr/lib/wine/wineserver64 -k || :' EXIT
    "$emulator" cmd /c exit > /dev/null 2>&1 || :
  fi
  ctest --test-dir "$build" --parallel 2 --output-on-failure --no-tests=error -E "$slow"
}

case $step in
  tools) find_tools ;;
  test) run_tests ;;
  *) echo "cross: unknown step $step" >&2; exit 1 ;;
esac

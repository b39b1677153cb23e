package dev.quern.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the systems' loaders say, and what we add. */
class LoadFailureTest {
  @TempDir private Path folder;

  private String reason(String said) throws IOException {
    Path file = folder.resolve("library");
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
    return LoadFailure.reason(file, "linux-x86_64", said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/lib/libc.so.6: version `GLIBC_2.38' not found (required by /l.so)|older than GLIBC_2.38",
        "/l.so: failed to map segment from shared object|(noexec)",
        "libgcc_s.so.1: cannot open shared object file: No such file or directory|needs libgcc_s.so.1,",
        "/l.so: wrong ELF class: ELFCLASS32|is not built for linux-x86_64",
        "/l.so: invalid ELF header|is not built for linux-x86_64",
        "/l.so: cannot open shared object file: No such file or directory (Possible cause: can't"
            + " load AARCH64 .so on a AMD 64 platform)|is not built for linux-x86_64",
        "l.dylib: mach-o file, but is an incompatible architecture (have 'x86_64')|is not built for",
        "%1 is not a valid Win32 application|is not built for",
      })
  void causeIsNamed(String said, String reason) throws IOException {
    assertThat(reason(said)).startsWith("; ").contains(reason);
  }

  @Test
  void whatIsNotKnownIsNotGuessed() throws IOException {
    assertThat(reason("something else")).isEmpty();
  }

  @Test
  void muslIsNamed() {
    String maps = "7f00-7f01 r-xp 00000000 08:01 11 /lib/";
    assertThat(LoadFailure.musl(maps + "ld-musl-x86_64.so.1\n")).contains("is musl", "need glibc");
    assertThat(LoadFailure.musl(maps + "ld-linux-x86-64.so.2\n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "No space left on device, is full",
    "Disk quota exceeded, is full",
    "/cache/.lock (Read-only file system), can be written",
    "/cache/.lock (Permission denied), can be written",
    "Could not create the cache: Set the property, can be written"
  })
  void extractionThatFails(String said, String reason) {
    assertThat(LoadFailure.extracting("openblas", "jar:x", new IOException(said)))
        .hasMessageStartingWith("openblas: jar:x cannot be extracted: " + said + "; ")
        .hasMessageContaining(reason)
        .hasMessageContaining("-Dorg.bytedeco.javacpp.cachedir=FOLDER");
    assertThat(LoadFailure.extracting("openblas", "jar:x", new IOException("odd")))
        .hasMessage("openblas: jar:x cannot be extracted: odd");
  }
}

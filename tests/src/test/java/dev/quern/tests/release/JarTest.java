package dev.quern.tests.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each jar holds beside its classes. Without {@code package} there is none to look into. */
class JarTest {
  static List<Published> modules() throws IOException {
    return Published.jars();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void hasLicenceAndNotice(Published module) throws Exception {
    List<Path> jars = module.built();
    assumeThat(jars).as(module + " is not packaged").isNotEmpty();
    for (Path jar : jars) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        assertThat(lines(zip, "LICENSE")).as(jar + " LICENSE").isEqualTo(ours("LICENSE"));
        // a jar with others' classes has their notices, too
        assertThat(lines(zip, "NOTICE")).as(jar + " NOTICE").containsAll(ours("NOTICE"));
        if (zip.stream().anyMatch(e -> e.getName().contains("libopenblas"))) {
          assertThat(zip.stream().map(ZipEntry::getName).filter(n -> n.contains("/licenses/")))
              .as(jar + "")
              .contains(
                  "META-INF/licenses/OpenBLAS.txt",
                  "META-INF/licenses/GPL-3.0.txt",
                  "META-INF/licenses/GCC-Runtime-Library-Exception-3.1.txt",
                  "META-INF/licenses/LGPL-2.1.txt");
        }
        if (zip.stream().anyMatch(e -> e.getName().endsWith(".dll"))) {
          assertThat(zip.getEntry("META-INF/licenses/mingw-w64.txt")).as(jar + "").isNotNull();
        }
      }
    }
  }

  private static List<String> ours(String name) throws IOException {
    return Files.readAllLines(Published.ROOT.resolve(name));
  }

  private static List<String> lines(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry("META-INF/" + name);
    if (entry == null) {
      return List.of();
    }
    try (InputStream in = zip.getInputStream(entry)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}

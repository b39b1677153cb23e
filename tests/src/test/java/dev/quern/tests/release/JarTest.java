package dev.quern.tests.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
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
        for (String name : List.of("LICENSE", "NOTICE")) {
          ZipEntry entry = zip.getEntry("META-INF/" + name);
          assertThat(entry).as(jar + " " + name).isNotNull();
          try (InputStream in = zip.getInputStream(entry)) {
            assertThat(in).hasSameContentAs(Files.newInputStream(Published.ROOT.resolve(name)));
          }
        }
        if (zip.stream().anyMatch(e -> e.getName().endsWith(".dll"))) {
          assertThat(zip.getEntry("META-INF/licenses/mingw-w64.txt")).as(jar + "").isNotNull();
        }
      }
    }
  }
}

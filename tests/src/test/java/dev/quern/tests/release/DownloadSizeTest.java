package dev.quern.tests.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a user of the library downloads for one platform, in bytes. */
class DownloadSizeTest {
  private static final String PLATFORM = System.getProperty("quern.platform");
  private static final long ALL = 24_500_000;
  private static final long OURS = 2_300_000;

  @Test
  void isSmall() throws Exception {
    assumeThat(PLATFORM).isEqualTo("linux-x86_64");
    List<Path> jars =
        List.of(
            ours("quern-core", ""),
            ours("quern-native", ""),
            ours("quern-native", "-" + PLATFORM),
            theirs("javacpp", ""),
            theirs("openblas", ""),
            theirs("openblas", "-" + PLATFORM));
    long sum = 0;
    StringBuilder list = new StringBuilder();
    for (Path jar : jars) {
      assumeThat(jar).as("not packaged").exists();
      sum += Files.size(jar);
      list.append(String.format("%n%,12d %s", Files.size(jar), jar.getFileName()));
    }
    assertThat(sum).as(list.toString()).isLessThanOrEqualTo(ALL);
  }

  @Test
  void kernelsAreSmallOnEachPlatform() throws Exception {
    List<Path> jars = module("quern-native").built();
    assumeThat(jars).as("not packaged").isNotEmpty();
    assertThat(jars).allSatisfy(jar -> assertThat(Files.size(jar)).isLessThanOrEqualTo(OURS));
  }

  private static Path ours(String artifact, String classifier) throws IOException {
    Published module = module(artifact);
    String name = artifact + "-" + module.version() + classifier + ".jar";
    return module.folder().resolve("target").resolve(name);
  }

  private static Published module(String artifact) throws IOException {
    return Published.jars().stream().filter(p -> p.toString().equals(artifact)).findFirst().get();
  }

  /** From the tests' class path, where Maven has put the versions that the POMs name. */
  private static Path theirs(String artifact, String classifier) {
    String name = artifact + "-\\d[\\d.]*(-\\d[\\d.]*)?" + classifier + "\\.jar";
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(p -> p.getFileName().toString().matches(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " on the class path"));
  }
}

package dev.quern.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gradle reads our POMs in its own way: it knows no profile of a POM that a property activates. */
class GradleTest {
  private static String resolved;

  @TempDir Path folder;

  @Test
  void trainsWithTheManualsDependencies() throws Exception {
    String text = resolved();
    assertThat(text).startsWith("gradle 8.");
    List<String> jars =
        text.lines()
            .filter(line -> line.startsWith("runtime "))
            .map(line -> line.substring("runtime ".length()))
            .toList();
    assertThat(jars.stream().filter(jar -> jar.contains("-" + Repository.PLATFORM))).hasSize(2);
    Path program = Projects.copied("shaded").resolve("src/main/java/app/Bars.java");
    assertThat(
            Jdk.current()
                .java(
                    folder,
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    String.join(File.pathSeparator, jars),
                    program.toString()))
        .contains("Evaluation[accuracy=1.0", "predicted upright\npredicted across\n");
  }

  @Test
  void oneCoordinateBringsThePlatforms() throws Exception {
    String text =
        resolved()
            .lines()
            .filter(line -> line.matches("(everything|missing) .*"))
            .collect(Collectors.joining("\n"));
    for (String platform :
        List.of("linux-x86_64", "linux-arm64", "windows-x86_64", "macosx-arm64")) {
      assertThat(text).containsPattern("quern-native-\\S*" + platform + "\\.jar");
      assertThat(text).containsPattern("openblas-\\S*" + platform + "\\.jar");
    }
    if (Repository.hasAllPlatforms()) {
      assertThat(text).doesNotContain("missing");
    }
  }

  private static synchronized String resolved() throws Exception {
    if (resolved != null) {
      return resolved;
    }
    Path project = Projects.copied("gradle");
    resolved =
        Command.run(
            project,
            List.of(
                Jdk.current().tool("java"),
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Dquern.repository=" + Repository.PUBLISHED.toUri(),
                "-Dquern.version=" + Repository.VERSION,
                "-Dothers=" + Repository.TAIL.toUri(),
                "-cp",
                Repository.TARGET.resolve("gradle/*").toString(),
                project.resolve("Resolve.java").toString(),
                project.toString(),
                Repository.TARGET.resolve("gradle-home").toString()));
    return resolved;
  }
}

package dev.quern.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An address is computed from what was checked; else the JVM, here a child's, dies. */
class ChangingIndexTest {
  @Test
  void anIndexThatChangesIsReadOnce(@TempDir Path dir) throws Exception {
    Path output = dir.resolve("output");
    Process child =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-XX:ErrorFile=" + dir.resolve("hs_err"),
                    "-XX:-CreateCoredumpOnCrash",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path") + File.pathSeparator,
                    ChangingIndex.class.getName()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!child.waitFor(180, TimeUnit.SECONDS)) {
      child.destroyForcibly().waitFor();
    }
    assertThat(Files.readString(output, StandardCharsets.UTF_8)).contains("right or refused");
    assertThat(child.exitValue()).isZero();
  }
}

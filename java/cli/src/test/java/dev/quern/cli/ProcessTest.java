package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own shows: exit statuses, and what is left when it is stopped. */
@Timeout(120)
class ProcessTest {
  @TempDir Path dir;

  private static ProcessBuilder quern(Object... args) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("--enable-native-access=ALL-UNNAMED");
    line.add("-XX:TieredStopAtLevel=1");
    line.add("-cp");
    line.add(System.getProperty("java.class.path"));
    line.add("dev.quern.cli.Main");
    for (Object a : args) {
      line.add(a.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(line);
    // with these the JVM says on standard error that it has seen them
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return builder;
  }

  private static Process done(ProcessBuilder builder) throws IOException, InterruptedException {
    Process p = builder.start();
    assertThat(p.waitFor(100, TimeUnit.SECONDS)).isTrue();
    return p;
  }

  @Test
  void exitStatusAndStreams() throws IOException, InterruptedException {
    Process version = done(quern("--version"));
    assertThat(version.exitValue()).isZero();
    assertThat(new String(version.getInputStream().readAllBytes())).startsWith("quern ");
    Process none = done(quern("eval", "--model", dir.resolve("none")));
    assertThat(none.exitValue()).isEqualTo(1);
    assertThat(none.errorReader().lines()).hasSize(1).allMatch(l -> l.startsWith("quern: "));
    Process usage = done(quern("bench", "--batch", 0));
    assertThat(usage.exitValue()).isEqualTo(2);
    assertThat(usage.errorReader().lines()).hasSize(1);
  }

  @Test
  void outputThatCannotBeWrittenIsAFailure() throws IOException, InterruptedException {
    File full = new File("/dev/full");
    assumeThat(full).exists();
    Process p = done(quern("--version").redirectOutput(full));
    assertThat(p.exitValue()).isEqualTo(1);
    assertThat(p.errorReader().lines()).containsExactly("quern: standard output cannot be written");
  }

  @Test
  void stoppedTrainingLeavesWholeLinesAndNothingElse() throws IOException, InterruptedException {
    Path data = Samples.write(dir.resolve("data"), 100, 10);
    Path net = Samples.network(dir.resolve("small.json"));
    Path out = dir.resolve("run");
    Process p =
        quern(
                "train",
                "--net",
                net,
                "--data",
                "mnist",
                "--data-dir",
                data,
                "--epochs",
                1_000_000,
                "--out",
                out)
            .start();
    try (BufferedReader lines = p.inputReader()) {
      String line = lines.readLine();
      while (line != null && !line.startsWith("epoch 3/")) {
        line = lines.readLine();
      }
      assertThat(line).isNotNull();
      // unlike Process.destroy, this leaves the streams open
      p.toHandle().destroy();
      lines.lines().forEach(l -> {});
    }
    assertThat(p.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(p.exitValue()).isEqualTo(143);
    try (var files = Files.list(out)) {
      assertThat(files).containsExactly(out.resolve("history.csv"));
    }
    String history = Files.readString(out.resolve("history.csv"));
    assertThat(history).endsWith("\n");
    assertThat(history.lines().skip(1))
        .hasSizeGreaterThanOrEqualTo(3)
        .allMatch(l -> l.split(",").length == 5);
  }
}

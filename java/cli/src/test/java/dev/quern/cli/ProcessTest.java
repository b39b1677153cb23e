package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.quern.io.ModelFile;
import dev.quern.predict.ModelData;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only a process of its own shows: exit statuses, and what is left when it is stopped. */
@Timeout(120)
public class ProcessTest {
  /** Enough that the run does not end before the signal is there. */
  private static final int EPOCHS = 24;

  @TempDir Path dir;

  public static ProcessBuilder quern(Object... args) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("--enable-native-access=ALL-UNNAMED");
    line.add("-XX:TieredStopAtLevel=1");
    line.add("-XX:+UseSerialGC");
    line.add("-XX:+UnlockDiagnosticVMOptions");
    line.add("-XX:-BytecodeVerificationRemote"); // of what javac wrote
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

  /** A JVM that is ending already while the command begins, as after an early SIGTERM. */
  static final class Ending {
    private Ending() {}

    public static void main(String[] args) throws InterruptedException {
      CountDownLatch ending = new CountDownLatch(1);
      CountDownLatch done = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    ending.countDown();
                    try {
                      done.await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
      new Thread(() -> System.exit(143)).start();
      ending.await();
      int status = Main.run(new PrintWriter(System.out), new PrintWriter(System.err, true), args);
      System.out.println("ended with " + status);
      done.countDown();
      Thread.currentThread().join();
    }
  }

  @Test
  void aSignalAtTheStartEndsTheCommandWithoutWords() throws IOException, InterruptedException {
    ProcessBuilder command = quern(SmallTraining.in(dir, 20, 10).line("--out", dir));
    command.command().replaceAll(w -> w.equals("dev.quern.cli.Main") ? Ending.class.getName() : w);
    Process p = done(command);
    assertThat(p.errorReader().lines()).isEmpty();
    assertThat(p.inputReader().lines()).last().isEqualTo("ended with 130");
    assertThat(p.exitValue()).isEqualTo(143);
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
  void whatFailsAheadOfTheCommandIsToldOnce() throws IOException, InterruptedException {
    ProcessBuilder builder = quern("bench", "--iters", 1);
    builder.environment().put("QUERN_ISA", "none");
    Process p = done(builder);
    assertThat(p.exitValue()).isEqualTo(1);
    assertThat(p.errorReader().lines()).hasSize(1).allMatch(l -> l.contains("QUERN_ISA"));
  }

  @Test
  void outputThatCannotBeWrittenIsAFailure() throws IOException, InterruptedException {
    File full = new File("/dev/full");
    assumeThat(full).exists();
    Process p = done(quern("--version").redirectOutput(full));
    assertThat(p.exitValue()).isEqualTo(1);
    assertThat(p.errorReader().lines()).containsExactly("quern: standard output cannot be written");
  }

  /** As {@code quern nets | head -1}. */
  @Test
  void aClosedPipeEndsQuietly() throws IOException, InterruptedException {
    Process p = quern("nets").start();
    p.getInputStream().close();
    assertThat(p.waitFor(100, TimeUnit.SECONDS)).isTrue();
    assertThat(p.errorReader().lines()).isEmpty();
    assertThat(p.exitValue()).isEqualTo(141);
  }

  public static boolean isIgnored(String signal) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!signal.equals("INT") || !Files.isReadable(status)) {
      return false;
    }
    try (var lines = Files.lines(status)) {
      return lines
          .filter(l -> l.startsWith("SigIgn:"))
          .anyMatch(l -> (Long.parseUnsignedLong(l.substring(7).strip(), 16) >> 1 & 1) != 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void stoppedTrainingLeavesACheckpointToGoOnFrom(String signal, int status)
      throws IOException, InterruptedException {
    assumeThat(isIgnored(signal))
        .as("SIG%s is ignored by whoever started the tests, and so by their children", signal)
        .isFalse();
    Path out = dir.resolve("run");
    SmallTraining small = SmallTraining.in(dir, 3000, 10);
    Object[] line = small.line("--epochs", EPOCHS, "--batch", 8, "--out", out);
    Process p = quern(line).start();
    try (BufferedReader lines = p.inputReader()) {
      String read = lines.readLine();
      while (read != null && !read.startsWith("epoch 2/")) {
        read = lines.readLine();
      }
      assertThat(read).isNotNull();
      new ProcessBuilder("kill", "-" + signal, Long.toString(p.pid())).start().waitFor();
      List<String> rest = lines.lines().toList();
      assertThat(rest).isNotEmpty();
      assertThat(rest.get(rest.size() - 1))
          .isEqualTo("stopped; continue with quern train --resume " + out);
    }
    assertThat(p.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(p.exitValue()).isEqualTo(status);
    try (var files = Files.list(out)) {
      assertThat(files)
          .containsExactlyInAnyOrder(
              out.resolve("history.csv"), out.resolve("config.json"), out.resolve("checkpoints"));
    }
    assertThat(Files.readString(out.resolve("history.csv"))).endsWith("\n");
    Cli.run(line).isRefused("--resume " + out);

    Cli.run("train", "--resume", out).succeeds();
    Path whole = dir.resolve("whole");
    List<Object> uninterrupted = new ArrayList<>(List.of(line));
    uninterrupted.set(uninterrupted.size() - 1, whole);
    Cli.run(uninterrupted.toArray()).succeeds();
    ModelData a = ModelFile.load(out.resolve("model.safetensors"));
    ModelData b = ModelFile.load(whole.resolve("model.safetensors"));
    b.weights().forEach((name, w) -> assertThat(a.weights().get(name)).as(name).isEqualTo(w));
    assertThat(Files.readAllLines(out.resolve("history.csv"))).hasSize(1 + EPOCHS);
  }
}

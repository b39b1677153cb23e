package dev.quern.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that is looked at a few times a second. It ends with this JVM. */
public final class Watched {
  private static final int TAIL = 4000;
  private final Process process;
  private final Path log;
  private final Thread ender;
  private long peakBytes;

  /**
   * @param log where both of its streams go
   */
  public Watched(ProcessBuilder builder, Path log) throws IOException {
    this.log = log;
    this.process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    this.ender = new Thread(process::destroyForcibly);
    try {
      Runtime.getRuntime().addShutdownHook(ender);
    } catch (IllegalStateException e) {
      process.destroyForcibly(); // this JVM is ending
      throw e;
    }
  }

  public long pid() {
    return process.pid();
  }

  /** Waits a moment, and takes the process's size. */
  boolean isAlive() throws InterruptedException {
    return isAlive(100_000_000);
  }

  /** Waits so long at most, and takes the process's size. */
  public boolean isAlive(long nanos) throws InterruptedException {
    look();
    boolean alive = !process.waitFor(nanos, TimeUnit.NANOSECONDS);
    if (!alive) {
      ended();
    }
    return alive;
  }

  private void look() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      lines
          .filter(l -> l.startsWith("VmHWM:"))
          .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10)
          .forEach(bytes -> peakBytes = Math.max(peakBytes, bytes));
    } catch (IOException | UncheckedIOException e) {
      // it has just ended, or this is no Linux: its size stays what it was
    }
  }

  /** Kills it, and first what it has started: a tool that starts a JVM waits for that. */
  public void kill() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
    ended();
  }

  private void ended() {
    try {
      Runtime.getRuntime().removeShutdownHook(ender);
    } catch (IllegalStateException e) {
      // this JVM is ending
    }
  }

  /** Once it has ended: 128 and more where a signal ended it. */
  public int status() {
    return process.exitValue();
  }

  public long peakBytes() {
    return peakBytes;
  }

  /** All that it has printed. */
  List<String> lines() throws IOException {
    return new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
  }

  /** The end of what it has printed. */
  public String output() throws IOException {
    String all = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    return all.substring(Math.max(0, all.length() - TAIL));
  }

  /** What its threads are doing, where it is a JVM that still answers. */
  public String stacks() throws IOException, InterruptedException {
    Process jstack =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jstack").toString(),
                Long.toString(process.pid()))
            .redirectErrorStream(true)
            .start();
    if (!jstack.waitFor(20, TimeUnit.SECONDS)) {
      jstack.destroyForcibly();
      return "the JVM does not answer";
    }
    return new String(jstack.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}

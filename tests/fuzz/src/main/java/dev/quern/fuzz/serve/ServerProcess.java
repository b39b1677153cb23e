package dev.quern.fuzz.serve;

import dev.quern.fuzz.faults.Cgroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The parent's side of {@link Served}. The server ends with its parent, whatever ends that. */
final class ServerProcess implements AutoCloseable {
  private static final int START_SECONDS = 60;
  private static final int TAIL = 3000;
  private static final Pattern OURS = Pattern.compile("^\\s*\"(quern|swapper|main)");

  private final Process process;
  private final Path log;
  private final Cgroup group;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final Problems problems;
  private final int port;

  /**
   * @param log where its errors go
   * @throws IOException if it does not start
   */
  ServerProcess(Condition condition, long seed, Path log, Problems problems)
      throws IOException, InterruptedException {
    this.log = log;
    this.problems = problems;
    group = condition == Condition.THREADS ? ofThreads() : null;
    List<String> command = new ArrayList<>();
    if (group != null) {
      command.addAll(List.of(group.prefix()));
    }
    command.addAll(condition.prefix());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + condition.heapBytes(),
            "-XX:MinHeapFreeRatio=5",
            "-XX:MaxHeapFreeRatio=20",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + log + ".hs_err",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.awt.headless=true",
            "-cp",
            System.getProperty("java.class.path"),
            Served.class.getName(),
            Long.toString(seed),
            Boolean.toString(condition.isScarce())));
    process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    Thread reader = new Thread(this::read, "server-lines");
    reader.setDaemon(true);
    reader.start();
    String first = lines.poll(START_SECONDS, TimeUnit.SECONDS);
    if (first == null || !first.startsWith("port ")) {
      String tail = tail();
      close();
      throw new IOException("the server does not start: " + first + "\n" + tail);
    }
    port = Integer.parseInt(first.substring("port ".length()));
  }

  /** With room for all that a server needs; null where there may be none. */
  private static Cgroup ofThreads() {
    try {
      return Cgroup.threads(10_000);
    } catch (IOException e) {
      return null;
    }
  }

  private void read() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("broken: ")) {
          problems.add(dev.quern.fuzz.Kind.WRONG, "swaps", line.substring("broken: ".length()));
        } else if (!line.startsWith("[")) { // the JVM's own log, which says that no thread started
          lines.add(line);
        }
      }
    } catch (IOException e) {
      // it has been ended
    }
  }

  int port() {
    return port;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Once it has ended. */
  int status() {
    return process.exitValue();
  }

  /** Allows it so many threads more than it has; whether that could be done. */
  boolean limitThreads(int more) throws IOException {
    if (group == null) {
      return false;
    }
    group.limitThreads(more);
    return true;
  }

  void unlimitThreads() throws IOException {
    if (group != null) {
      group.limitThreads(10_000);
    }
  }

  /**
   * Has it do something, and waits for its word.
   *
   * @return what it says; null where it does not within the time
   */
  String command(String word, int seconds) throws InterruptedException {
    try {
      OutputStream out = process.getOutputStream();
      out.write((word + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      return null; // it has ended
    }
    return lines.poll(seconds, TimeUnit.SECONDS);
  }

  /** A figure of the process's status, in bytes; 0 where the system does not tell. */
  long bytes(String field) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
        if (line.startsWith(field + ":")) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    } catch (IOException e) {
      // it has ended, or this is not Linux
    }
    return 0;
  }

  /** The end of what it has printed, without what the JVM says of itself at its start. */
  String tail() throws IOException {
    String all = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    return all.substring(Math.max(0, all.length() - TAIL));
  }

  /** What its threads are doing, but those of the JVM. */
  String stacks() throws IOException, InterruptedException {
    Path out = Path.of(log + ".stacks");
    Process jstack =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jstack").toString(),
                Long.toString(process.pid()))
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    if (!jstack.waitFor(10, TimeUnit.SECONDS)) {
      jstack.destroyForcibly();
    }
    return Stream.of(Files.readString(out).split("\n\n"))
        .filter(block -> OURS.matcher(block).find())
        .collect(Collectors.joining("\n\n"));
  }

  /** Sends SIGTERM; whether it has ended within the time. */
  boolean terminate(int seconds) throws InterruptedException {
    process.destroy();
    return process.waitFor(seconds, TimeUnit.SECONDS);
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() throws IOException {
    kill();
    if (group != null) {
      group.close();
    }
  }
}

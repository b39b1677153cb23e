package dev.quern.serve;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server in a process with limits of its own. As {@link #main} it serves a small model and obeys
 * words on its standard input; as an object it starts and watches that process.
 */
final class LimitedServer implements AutoCloseable {
  static final String EXHAUST = "exhaust";
  static final String FREE = "free";

  private final Process process;
  private final BufferedReader lines;
  private final int port;

  /**
   * @param limits words of a shell ahead of the JVM, such as {@code ulimit -n 256}
   * @param options of the JVM
   */
  LimitedServer(String limits, String... options) throws IOException {
    List<String> java =
        new ArrayList<>(List.of("exec", "java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    java.set(1, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(List.of(options));
    java.add(LimitedServer.class.getName());
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", limits + "; " + String.join(" ", java))
            .redirectError(Path.of("target", "limited-server.log").toFile());
    Map<String, String> environment = builder.environment();
    environment.put("CLASSPATH", System.getProperty("java.class.path"));
    process = builder.start();
    lines = process.inputReader(StandardCharsets.UTF_8);
    port = Integer.parseInt(lines.readLine());
  }

  int port() {
    return port;
  }

  /** Has it do something, and waits until it has. */
  void tell(String word) throws IOException {
    process.getOutputStream().write((word + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    if (!word.equals(lines.readLine())) {
      throw new IllegalStateException("the server's process does not answer");
    }
  }

  /** Whether SIGTERM ends it, within a time that is generous. */
  boolean endsUponTerm() throws InterruptedException {
    process.destroy();
    return process.waitFor(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] args) throws IOException {
    ModelServer server = ModelServer.builder().maxBodyBytes(4 << 20).build();
    server.deploy("small", ServedModels.model(1));
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    List<FileInputStream> open = new ArrayList<>();
    System.out.println(server.port());
    BufferedReader words = new BufferedReader(new InputStreamReader(System.in));
    for (String word = words.readLine(); word != null; word = words.readLine()) {
      if (word.equals(EXHAUST)) {
        takeAll(open);
      } else {
        for (FileInputStream file : open) {
          file.close();
        }
      }
      System.out.println(word);
    }
  }

  private static void takeAll(List<FileInputStream> open) {
    try {
      while (true) {
        open.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException e) {
      // there are no more
    }
  }
}

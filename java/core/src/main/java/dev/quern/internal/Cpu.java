package dev.quern.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Name of the processor. */
public final class Cpu {
  private static final Path LINUX = Path.of("/proc/cpuinfo");

  private Cpu() {}

  /**
   * Returns the processor's name if the system reports it (Linux on x86, Windows), otherwise its
   * architecture.
   */
  public static String name() {
    String windows = System.getenv("PROCESSOR_IDENTIFIER");
    String otherwise = windows == null ? System.getProperty("os.arch") : windows;
    try (Stream<String> lines = Files.lines(LINUX)) {
      return lines
          .filter(l -> l.startsWith("model name"))
          .map(l -> l.substring(l.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(otherwise);
    } catch (IOException e) {
      return otherwise;
    }
  }
}

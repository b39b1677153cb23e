package dev.quern.cli.process;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Facts about the running process. */
public final class ThisProcess {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ThisProcess() {}

  /** Seconds since the JVM started; not since the process did, which was the launcher before. */
  public static double age() {
    long now = System.currentTimeMillis(); // before the classes that know the start are loaded
    return (now - ManagementFactory.getRuntimeMXBean().getStartTime()) * 1e-3;
  }

  /** The most memory that it had resident, in MiB; NaN where the system does not tell. */
  public static double peakMegabytes() {
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(l -> l.startsWith("VmHWM:"))
          .mapToDouble(l -> Double.parseDouble(l.replaceAll("[^0-9]", "")) / 1024)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}

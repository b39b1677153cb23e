package dev.quern.cli.process;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Facts about the running process. */
public final class ThisProcess {
  private static final Path STATUS = Path.of("/proc/self/status");

  private static final Path OUTPUT = Path.of("/dev/stdout");

  /** Of stat's st_mode. */
  private static final int TYPE = 0170000;

  private static final int FIFO = 0010000;
  private static final int SOCKET = 0140000;

  private ThisProcess() {}

  /** Seconds since the JVM started; not since the process did, which was the launcher before. */
  public static double age() {
    long now = System.currentTimeMillis(); // before the classes that know the start are loaded
    return (now - ManagementFactory.getRuntimeMXBean().getStartTime()) * 1e-3;
  }

  /**
   * Whether standard output is a pipe or a socket, which fails only because its reader has left.
   */
  public static boolean outputIsPipe() {
    try {
      int type = (int) Files.getAttribute(OUTPUT, "unix:mode") & TYPE;
      return type == FIFO || type == SOCKET;
    } catch (IOException | RuntimeException e) { // not on Windows
      return false;
    }
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

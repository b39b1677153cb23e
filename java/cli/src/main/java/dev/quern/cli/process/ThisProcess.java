package dev.quern.cli.process;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Properties of the running process. */
public final class ThisProcess {
  private static final Path STATUS = Path.of("/proc/self/status");

  private static final Path OUTPUT = Path.of("/dev/stdout");

  /** Mask of the file type in stat's st_mode. */
  private static final int TYPE = 0170000;

  private static final int FIFO = 0010000;
  private static final int SOCKET = 0140000;

  private ThisProcess() {}

  /** Returns the seconds since the JVM started, not counting the time of the launcher. */
  public static double age() {
    long now = System.currentTimeMillis(); // before loading management classes
    return (now - ManagementFactory.getRuntimeMXBean().getStartTime()) * 1e-3;
  }

  /**
   * Returns whether standard output is a pipe or a socket: if so, a failed write means that the
   * reader has closed it.
   */
  public static boolean outputIsPipe() {
    try {
      int type = (int) Files.getAttribute(OUTPUT, "unix:mode") & TYPE;
      return type == FIFO || type == SOCKET;
    } catch (IOException | RuntimeException e) { // not on Windows
      return false;
    }
  }

  /** Returns the peak resident memory in MiB; NaN if the system does not report it. */
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

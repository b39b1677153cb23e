package dev.quern.bench.random;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How many cores the rest of the machine kept busy, as Linux tells it. Figures from beside other
 * work are of no use: threads that wait for each other, above all OpenMP's, lose most of theirs.
 */
final class OtherWork {
  private static final double TICKS = 100;
  private static final Path STAT = Path.of("/proc/stat");

  private final long begin = System.nanoTime();
  private final double others;

  private OtherWork(double others) {
    this.others = others;
  }

  static OtherWork begin() throws IOException {
    return new OtherWork(seconds());
  }

  double cores() throws IOException {
    return Math.max(0, (seconds() - others) / ((System.nanoTime() - begin) * 1e-9));
  }

  /** CPU time of all but this process and its children. */
  private static double seconds() throws IOException {
    if (!Files.exists(STAT)) {
      return 0;
    }
    // cpu, user, nice, system, idle, wait for disks, interrupts, soft ones, time of other guests
    String[] fields = Files.readAllLines(STAT).get(0).split(" +");
    double all = 0;
    for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
      all += Long.parseLong(fields[i]) / TICKS;
    }
    ProcessHandle here = ProcessHandle.current();
    return all - used(here) - here.children().mapToDouble(OtherWork::used).sum();
  }

  private static double used(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
  }
}

package dev.quern.peers;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * The process of one library: measures one workload and prints one line that the runner reads,
 * {@link #RESULT} with the median of images a second, or {@link #FAILURE} with a reason.
 */
public final class Program {
  /** Begins the line of a result, among whatever libraries print themselves. */
  public static final String RESULT = "peers-result ";

  public static final String FAILURE = "peers-failure ";

  private static final int FEWEST = 3;

  private Program() {}

  /**
   * Runs the measurement and ends the process: some libraries leave threads behind.
   *
   * @param args workload, threads, folder, seconds
   */
  public static void run(Library library, String[] args) {
    end(
        () -> {
          Workload workload = Workload.of(args[0]);
          if (workload.int8() && !library.int8()) {
            throw new UnsupportedOperationException("has no int8 here");
          }
          if (workload.bf16() && !library.bf16()) {
            throw new UnsupportedOperationException("has no bf16 here");
          }
          ModelFolder folder = new ModelFolder(Path.of(args[2]));
          Library.Step step = library.prepare(workload, folder, Integer.parseInt(args[1]));
          return measure(step, workload, Double.parseDouble(args[3]));
        });
  }

  /** Prints a task's result, or why there is none, and ends the process. */
  public static void end(Callable<Double> task) {
    int status = 0;
    try {
      System.out.printf(Locale.ROOT, "%n%s%.3f%n", RESULT, task.call());
    } catch (
        Throwable t) { // NoClassDefFoundError and UnsatisfiedLinkError too are a peer's failure
      System.out.printf("%n%s%s%n", FAILURE, reason(t));
      t.printStackTrace();
      status = 1;
    }
    System.out.flush();
    System.exit(status);
  }

  /** Warms up for a third of the time, then measures single steps. */
  private static double measure(Library.Step step, Workload workload, double seconds)
      throws Exception {
    long begin = System.nanoTime();
    int warm = 0;
    while (warm++ < FEWEST || since(begin) < seconds / 3) {
      check(step.run(), workload);
    }
    double[] rates = new double[FEWEST];
    int n = 0;
    begin = System.nanoTime();
    while (n < FEWEST || since(begin) < seconds) {
      long start = System.nanoTime();
      double loss = step.run();
      double rate = workload.batch() / since(start);
      check(loss, workload);
      if (n == rates.length) {
        rates = Arrays.copyOf(rates, 2 * n);
      }
      rates[n++] = rate;
    }
    Arrays.sort(rates, 0, n);
    return (rates[(n - 1) / 2] + rates[n / 2]) / 2;
  }

  /**
   * A training that diverges may be faster (or, with denormal numbers, slower) than one that does
   * not.
   */
  private static void check(double loss, Workload workload) {
    if (workload.train() && !Double.isFinite(loss)) {
      throw new IllegalStateException("the loss became " + loss);
    }
  }

  private static double since(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }

  private static String reason(Throwable t) {
    String message = t instanceof UnsupportedOperationException ? t.getMessage() : t.toString();
    return String.valueOf(message).lines().findFirst().orElse("");
  }
}

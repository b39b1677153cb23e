package dev.quern.cli.check;

import dev.quern.cli.process.ThisProcess;
import java.util.Arrays;
import java.util.function.DoubleSupplier;

/**
 * The measured speed of a step, by the same rules as in benchmarks of other frameworks. Rates are
 * in images per second.
 *
 * @param warmup number of steps before the timed steps
 * @param iterations number of timed steps
 * @param coldSeconds time from the JVM's start to the end of the first step
 */
record Timing(
    int warmup,
    int iterations,
    double median,
    double slowest,
    double fastest,
    double firstLoss,
    double finalLoss,
    double coldSeconds) {
  private static final int FEWEST = 3;

  /**
   * Runs warm-up steps, then timed steps.
   *
   * @param step runs one step and returns its loss, or NaN without a loss
   * @param images number of images per step
   * @param maxSeconds time after which no further timed step starts, except that at least three
   *     timed steps are run; the warm-up is limited to a third of {@code maxSeconds}
   */
  static Timing of(DoubleSupplier step, int images, int warmup, int iterations, double maxSeconds) {
    long begin = System.nanoTime();
    double first = step.getAsDouble();
    double cold = ThisProcess.age();
    double loss = first;
    int warm = 1;
    for (; warm < warmup && seconds(begin) < maxSeconds / 3; warm++) {
      loss = step.getAsDouble();
    }
    double[] rates = new double[FEWEST];
    int n = 0;
    begin = System.nanoTime();
    while (n < iterations && (n < FEWEST || seconds(begin) < maxSeconds)) {
      long start = System.nanoTime();
      loss = step.getAsDouble();
      double rate = images / seconds(start);
      if (n == rates.length) {
        rates = Arrays.copyOf(rates, 2 * n);
      }
      rates[n++] = rate;
    }
    Arrays.sort(rates, 0, n);
    double median = (rates[(n - 1) / 2] + rates[n / 2]) / 2;
    return new Timing(warm, n, median, rates[0], rates[n - 1], first, loss, cold);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) * 1e-9;
  }
}

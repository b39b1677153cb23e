package dev.quern.bench.random;

import java.util.Arrays;
import java.util.function.DoubleSupplier;

/**
 * How long a step takes; torch_run.py has the same rule.
 *
 * @param seconds of a step, the median
 * @param first the first step's loss, NaN where there is none
 * @param last the last step's loss
 */
record Timing(double seconds, int steps, double first, double last) {
  private static final int WARM = 2;
  private static final int FEWEST = 3;

  /** Steps for so many seconds, of which the first fifth, two steps at least, is not counted. */
  static Timing of(DoubleSupplier step, double budget) {
    long begin = System.nanoTime();
    double first = step.getAsDouble();
    for (int i = 1; i < WARM || since(begin) < budget / 5; i++) {
      step.getAsDouble();
    }
    double[] times = new double[FEWEST];
    double last = first;
    int n = 0;
    while (n < FEWEST || since(begin) < budget) {
      long start = System.nanoTime();
      last = step.getAsDouble();
      double time = since(start);
      if (n == times.length) {
        times = Arrays.copyOf(times, 2 * n);
      }
      times[n++] = time;
    }
    Arrays.sort(times, 0, n);
    return new Timing((times[(n - 1) / 2] + times[n / 2]) / 2, n, first, last);
  }

  private static double since(long begin) {
    return (System.nanoTime() - begin) * 1e-9;
  }
}

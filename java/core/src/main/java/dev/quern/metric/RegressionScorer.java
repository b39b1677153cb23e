package dev.quern.metric;

import dev.quern.internal.arguments.Heap;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The scorer that {@link Scorer#regression} creates. Means of targets are updated by Welford's
 * method, so that targets are not stored.
 */
final class RegressionScorer implements Scorer {
  private final ClassNames numbers;
  private final double[] absolute;
  private final double[] squares;
  private final double[] largest;
  private final double[] mean;

  /** For each output, the sum of squared differences between its targets and their mean. */
  private final double[] spread;

  private long samples;

  RegressionScorer(ClassNames numbers) {
    this.numbers = numbers;
    absolute = zeros();
    squares = zeros();
    largest = zeros();
    mean = zeros();
    spread = zeros();
  }

  private double[] zeros() {
    return Heap.doubles(numbers.operation(), numbers.count());
  }

  @Override
  public Scorer add(int n, float[] outputs, int[] labels) {
    throw Batches.takesTargets(numbers.operation());
  }

  @Override
  public Scorer add(int n, float[] outputs, float[] targets) {
    Batches.requireFinite(numbers.operation(), "output", outputs);
    Batches.requireFinite(numbers.operation(), "target", targets);
    numbers.requireRows(n, outputs.length);
    Batches.requireAsMany(numbers.operation(), "targets", targets.length, outputs.length);
    for (int i = 0; i < n; i++) {
      samples++;
      for (int c = 0; c < numbers.count(); c++) {
        int at = i * numbers.count() + c;
        add(c, outputs[at], targets[at]);
      }
    }
    return this;
  }

  private void add(int c, double output, double target) {
    double error = Math.abs(output - target);
    absolute[c] += error;
    squares[c] += error * error;
    largest[c] = Math.max(largest[c], error);
    double delta = target - mean[c];
    mean[c] += delta / samples;
    spread[c] += delta * (target - mean[c]);
  }

  private double mae(int c) {
    return absolute[c] / samples;
  }

  private double rmse(int c) {
    return Math.sqrt(squares[c] / samples);
  }

  private double r2(int c) {
    if (samples < 2) {
      return Double.NaN;
    }
    if (spread[c] == 0) {
      return squares[c] == 0 ? 1 : 0;
    }
    return 1 - squares[c] / spread[c];
  }

  @Override
  public Report report() {
    numbers.requireSome(samples);
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("mae", numbers.mean(this::mae));
    all.put("rmse", numbers.mean(this::rmse));
    all.put("r2", numbers.mean(this::r2));
    all.put("max_error", Arrays.stream(largest).max().orElse(0));
    return new Report(
        all,
        null,
        numbers.rows(
            c -> {
              Map<String, Double> of = new LinkedHashMap<>();
              of.put("mae", mae(c));
              of.put("rmse", rmse(c));
              of.put("r2", r2(c));
              of.put("max_error", largest[c]);
              return of;
            },
            c -> samples));
  }
}

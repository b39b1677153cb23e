package dev.quern.quantize;

import dev.quern.layer.activation.FakeQuantize;
import java.util.function.DoubleFunction;

/** Chooses a quantization range from a {@link Histogram}. */
final class Ranges {
  private static final int STEPS = 255;

  /** The fraction of values outside the range of {@link CalibrationMethod#PERCENTILE}. */
  private static final double OUTSIDE = 1e-4;

  /** Number of evaluated ranges, from the full range down to the smallest fraction of it. */
  private static final int CANDIDATES = 120;

  private static final double SMALLEST = 0.1;

  private Ranges() {}

  static FakeQuantize of(Histogram values, CalibrationMethod method) {
    if (values.others() == 0) {
      return steps(values.low(), values.high());
    }
    return switch (method) {
      case MIN_MAX -> steps(values.low(), values.high());
      case PERCENTILE -> percentile(values);
      case ENTROPY -> best(values, Ranges::divergence);
      case MSE -> best(values, Ranges::squaredError);
    };
  }

  /**
   * Returns 256 quantization steps between two bounds, extended to include 0. One step represents 0
   * exactly.
   */
  static FakeQuantize steps(double low, double high) {
    double from = Math.min(low, 0);
    double to = Math.max(high, 0);
    float scale = (float) ((to - from) / STEPS);
    if (!(scale >= Float.MIN_NORMAL)) {
      return new FakeQuantize(1, 0, 0, STEPS); // all values are zero
    }
    int zero = (int) Math.max(0, Math.min(STEPS, Math.rint(-from / scale)));
    return new FakeQuantize(scale, zero, 0, STEPS);
  }

  private static FakeQuantize percentile(Histogram values) {
    long[] counts = values.counts();
    double most = values.all() * OUTSIDE / (values.low() < 0 && values.high() > 0 ? 2 : 1);
    int from = 0;
    for (long out = counts[0]; out <= most && from < Histogram.BINS - 1; out += counts[from]) {
      from++;
    }
    int to = Histogram.BINS - 1;
    for (long out = counts[to]; out <= most && to > 0; out += counts[to]) {
      to--;
    }
    return steps(
        from == 0 ? values.low() : Math.min(values.middle(from), 0),
        to == Histogram.BINS - 1 ? values.high() : Math.max(values.middle(to), 0));
  }

  private interface Loss {
    double of(Histogram values, FakeQuantize steps);
  }

  /**
   * Returns the range with the smallest loss. Both ends are first reduced by the same factor, then
   * the upper and the lower end separately, because outliers may differ at the two ends.
   */
  private static FakeQuantize best(Histogram values, Loss loss) {
    double both = share(values, loss, s -> steps(values.low() * s, values.high() * s));
    double low = values.low() * both;
    double high = values.high() * both;
    if (low == 0 || high == 0) {
      return steps(low, high);
    }
    double above = high * share(values, loss, s -> steps(low, high * s));
    return steps(low * share(values, loss, s -> steps(low * s, above)), above);
  }

  private static double share(Histogram values, Loss loss, DoubleFunction<FakeQuantize> range) {
    double best = 1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < CANDIDATES; i++) {
      double share = 1 - i * (1 - SMALLEST) / CANDIDATES;
      double value = loss.of(values, range.apply(share));
      if (value < least) {
        least = value;
        best = share;
      }
    }
    return best;
  }

  private static double squaredError(Histogram values, FakeQuantize steps) {
    long[] counts = values.counts();
    double sum = 0;
    for (int bin = 0; bin < counts.length; bin++) {
      if (counts[bin] > 0) {
        double v = values.middle(bin);
        double error = rounded(v, steps) - v;
        sum += counts[bin] * error * error;
      }
    }
    return sum;
  }

  private static double rounded(double v, FakeQuantize steps) {
    return (step(v, steps) - steps.zeroPoint()) * (double) steps.scale();
  }

  private static int step(double v, FakeQuantize steps) {
    double step = Math.rint(v / steps.scale()) + steps.zeroPoint();
    return (int) Math.max(0, Math.min(STEPS, step));
  }

  /**
   * Returns the Kullback-Leibler divergence between the values, clamped to the range, and the
   * quantized values. Each quantized value is spread over the non-empty bins that it represents.
   */
  private static double divergence(Histogram values, FakeQuantize steps) {
    long[] counts = values.counts();
    long[] inStep = new long[STEPS + 1];
    int[] bins = new int[STEPS + 1];
    int first = values.bin(-(double) steps.zeroPoint() * steps.scale());
    int last = values.bin((STEPS - (double) steps.zeroPoint()) * steps.scale());
    for (int bin = first; bin <= last; bin++) {
      if (counts[bin] > 0) {
        int step = step(values.middle(bin), steps);
        inStep[step] += counts[bin];
        bins[step]++;
      }
    }
    long inside = 0;
    for (long n : inStep) {
      inside += n;
    }
    long below = sum(counts, 0, first);
    long above = sum(counts, last + 1, counts.length);
    double divergence = 0;
    for (int bin = first; bin <= last; bin++) {
      double p = counts[bin] + (bin == first ? below : 0) + (bin == last ? above : 0);
      if (p > 0) {
        int step = step(values.middle(bin), steps);
        // an empty outermost bin, to which outliers are clamped, does not have a step: it counts
        // as one value
        double q = bins[step] == 0 ? 1 : (double) inStep[step] / bins[step];
        divergence += p * Math.log(p / values.others() * Math.max(inside, 1) / q);
      }
    }
    return divergence / values.others();
  }

  private static long sum(long[] counts, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += counts[i];
    }
    return sum;
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.reference.NdArray;
import dev.quern.tensor.Tensor;

/** Compares what native operators give with twins and recorded results, tensor by tensor. */
final class Compare {
  /** What float32 reaches: max |a - b| <= TOLERANCE * max |b|. */
  static final double TOLERANCE = 1e-5;

  private Compare() {}

  /**
   * The largest difference relative to the largest finite magnitude that is expected. NaN and
   * infinity must be met as such, or the distance is infinite.
   */
  static double distance(float[] actual, double[] expected) {
    return distance(actual, expected, 0);
  }

  /** The same, where the scale is at least {@code least}. */
  static double distance(float[] actual, double[] expected, double least) {
    double scale = least;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      if (Double.isFinite(expected[i])) {
        scale = Math.max(scale, Math.abs(expected[i]));
      }
      if (!same(actual[i], expected[i])) {
        double d = Math.abs(actual[i] - expected[i]);
        difference = Math.max(difference, Double.isNaN(d) ? Double.POSITIVE_INFINITY : d);
      }
    }
    return difference == 0 ? 0 : difference / scale;
  }

  private static boolean same(double a, double b) {
    return a == b || (Double.isNaN(a) && Double.isNaN(b));
  }

  /** Agrees within {@link #TOLERANCE}; {@code what} names tensor, case and seed. */
  static void close(String what, Tensor actual, NdArray expected) {
    close(what, actual, expected, 0);
  }

  /**
   * The same, where the scale is at least {@code typical}: the magnitude that such a sum usually
   * has, since in a tensor of few elements the terms of each may happen to cancel.
   */
  static void close(String what, Tensor actual, NdArray expected, double typical) {
    assertThat(actual.shape()).as("shape of %s", what).isEqualTo(expected.shape());
    float[] values = actual.toArray();
    double distance = distance(values, expected.values(), typical);
    Operators.againstReference(distance);
    assertThat(distance)
        .as(() -> "distance of " + what + ", worst at " + worst(values, expected))
        .isLessThanOrEqualTo(TOLERANCE);
  }

  private static String worst(float[] actual, NdArray expected) {
    int worst = 0;
    double most = -1;
    for (int i = 0; i < actual.length; i++) {
      double d = same(actual[i], expected.get(i)) ? 0 : Math.abs(actual[i] - expected.get(i));
      if (!(d <= most)) {
        most = Double.isNaN(d) ? Double.POSITIVE_INFINITY : d;
        worst = i;
      }
    }
    return worst + ": " + actual[worst] + " for " + expected.get(worst);
  }

  /** Agrees element by element without any rounding; NaN agrees with NaN, and 0 with -0. */
  static void exact(String what, Tensor actual, NdArray expected) {
    assertThat(actual.shape()).as("shape of %s", what).isEqualTo(expected.shape());
    float[] values = actual.toArray();
    for (int i = 0; i < values.length; i++) {
      double wanted = expected.get(i);
      if (!same(values[i], wanted)) {
        throw new AssertionError(
            what + ": element " + i + " is " + values[i] + ", exactly " + wanted + " is wanted");
      }
    }
    Operators.againstReference(0);
  }

  /** Each element within {@code tolerance} of its own magnitude, however small that is. */
  static void relative(String what, Tensor actual, NdArray expected, double tolerance) {
    assertThat(actual.shape()).as("shape of %s", what).isEqualTo(expected.shape());
    float[] values = actual.toArray();
    for (int i = 0; i < values.length; i++) {
      double wanted = expected.get(i);
      double bound = tolerance * Math.abs(wanted) + Float.MIN_NORMAL;
      if (!same(values[i], wanted) && !(Math.abs(values[i] - wanted) <= bound)) {
        throw new AssertionError(
            what + ": element " + i + " is " + values[i] + ", " + wanted + " is wanted");
      }
    }
    Operators.againstReference(distance(values, expected.values()));
  }

  /** Equal element by element, 0 and -0 being equal. */
  static boolean sameValues(float[] a, float[] b) {
    boolean same = a.length == b.length;
    for (int i = 0; same && i < a.length; i++) {
      same = a[i] == b[i];
    }
    return same;
  }

  /** Exact for {@link Values.Kind#INTEGERS}, within the tolerance otherwise. */
  static void agree(
      Values.Kind kind, String what, Tensor actual, NdArray expected, double typical) {
    if (kind == Values.Kind.INTEGERS) {
      exact(what, actual, expected);
    } else {
      close(what, actual, expected, typical);
    }
  }

  /** The typical magnitude of a sum of so many products of {@link Values.Kind#FLOATS}. */
  static double typical(long products) {
    return Math.sqrt(products) / 3;
  }
}

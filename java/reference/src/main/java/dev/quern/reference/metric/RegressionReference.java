package dev.quern.reference.metric;

import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;

/**
 * Reference implementations of regression metrics for one output column d; outputs and targets are
 * {@code [N, D]}.
 */
public final class RegressionReference {
  private RegressionReference() {}

  /** Returns the mean absolute error of column {@code d}. */
  public static double mae(NdArray outputs, NdArray targets, int d) {
    check("mae", outputs, targets);
    double sum = 0;
    for (int n = 0; n < outputs.dim(0); n++) {
      sum += Math.abs(outputs.at(n, d) - targets.at(n, d));
    }
    return sum / outputs.dim(0);
  }

  /** Returns the mean squared error of column {@code d}. */
  public static double mse(NdArray outputs, NdArray targets, int d) {
    check("mse", outputs, targets);
    double sum = 0;
    for (int n = 0; n < outputs.dim(0); n++) {
      double error = outputs.at(n, d) - targets.at(n, d);
      sum += error * error;
    }
    return sum / outputs.dim(0);
  }

  /** Returns the largest absolute error of column {@code d}. */
  public static double maxError(NdArray outputs, NdArray targets, int d) {
    check("max_error", outputs, targets);
    double largest = 0;
    for (int n = 0; n < outputs.dim(0); n++) {
      largest = Math.max(largest, Math.abs(outputs.at(n, d) - targets.at(n, d)));
    }
    return largest;
  }

  /**
   * Returns the coefficient of determination of column {@code d}: {@code 1 - a / b}, where a is the
   * sum of squared errors, and b the sum of squared deviations of the targets from the mean target.
   */
  public static double r2(NdArray outputs, NdArray targets, int d) {
    check("r2", outputs, targets);
    double mean = 0;
    for (int n = 0; n < outputs.dim(0); n++) {
      mean += targets.at(n, d) / outputs.dim(0);
    }
    double spread = 0;
    for (int n = 0; n < outputs.dim(0); n++) {
      spread += (targets.at(n, d) - mean) * (targets.at(n, d) - mean);
    }
    return 1 - mse(outputs, targets, d) * outputs.dim(0) / spread;
  }

  private static void check(String operation, NdArray outputs, NdArray targets) {
    Require.present(operation, "outputs, targets", outputs, targets);
    Checks.shape(operation, "targets", targets, outputs.shape());
  }
}

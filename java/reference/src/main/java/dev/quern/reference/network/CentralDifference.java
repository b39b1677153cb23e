package dev.quern.reference.network;

import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import java.util.function.DoubleSupplier;

/** Gradients by finite differences, to check analytic gradients. */
public final class CentralDifference {
  private CentralDifference() {}

  /**
   * Computes {@code (f(x + h) - f(x - h)) / 2h} for each element x of {@code variable}. The error
   * is of order {@code h^2} plus rounding of order {@code 1e-16 |f| / h}, so a step of 1e-5 suits
   * values around 1. The function f must not have a kink within h of x.
   *
   * @param variable the array that f reads; each element is changed and restored in turn
   * @param step h, above 0
   * @param function f
   */
  public static NdArray gradient(NdArray variable, double step, DoubleSupplier function) {
    Require.present("central difference", "variable, function", variable, function);
    NdArray gradient = new NdArray(variable.shape());
    for (int i = 0; i < variable.size(); i++) {
      double value = variable.get(i);
      variable.set(i, value + step);
      double above = function.getAsDouble();
      variable.set(i, value - step);
      double below = function.getAsDouble();
      variable.set(i, value);
      gradient.set(i, (above - below) / (2 * step));
    }
    return gradient;
  }
}

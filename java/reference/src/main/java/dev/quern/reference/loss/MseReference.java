package dev.quern.reference.loss;

import dev.quern.loss.Mse;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;

/** Reference implementation of {@link Mse}. */
public final class MseReference {
  private MseReference() {}

  /** Returns the sum or mean of {@code (x - y)^2}. */
  public static double forward(Mse loss, NdArray outputs, NdArray targets) {
    Require.present("mse", "loss, outputs, targets", loss, outputs, targets);
    return ElementwiseReference.forward(loss, outputs, targets, (i, x, y) -> (x - y) * (x - y));
  }

  /** Returns the gradient with respect to the outputs. */
  public static NdArray backward(Mse loss, NdArray outputs, NdArray targets) {
    Require.present("mse", "loss, outputs, targets", loss, outputs, targets);
    return ElementwiseReference.backward(loss, outputs, targets, (i, x, y) -> 2 * (x - y));
  }
}

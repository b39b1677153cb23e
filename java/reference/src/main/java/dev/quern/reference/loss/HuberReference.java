package dev.quern.reference.loss;

import dev.quern.loss.Huber;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;

/** Reference implementation of {@link Huber}. */
public final class HuberReference {
  private HuberReference() {}

  /**
   * Returns the sum or mean of {@code e^2 / 2} if {@code |e|} is below delta, otherwise of {@code
   * delta (|e| - delta / 2)}, where {@code e = x - y}.
   */
  public static double forward(Huber loss, NdArray outputs, NdArray targets) {
    Require.present("huber", "loss, outputs, targets", loss, outputs, targets);
    double delta = loss.delta();
    return ElementwiseReference.forward(
        loss,
        outputs,
        targets,
        (i, x, y) -> {
          double e = Math.abs(x - y);
          return e < delta ? e * e / 2 : delta * (e - delta / 2);
        });
  }

  /** Returns the gradient with respect to the outputs: e clamped to [-delta, delta]. */
  public static NdArray backward(Huber loss, NdArray outputs, NdArray targets) {
    Require.present("huber", "loss, outputs, targets", loss, outputs, targets);
    double delta = loss.delta();
    return ElementwiseReference.backward(
        loss, outputs, targets, (i, x, y) -> Math.max(-delta, Math.min(delta, x - y)));
  }
}

package dev.quern.kernel.loss;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** The Huber loss of predictions and targets. */
public final class HuberKernel {
  private HuberKernel() {}

  /**
   * Computes the loss.
   *
   * @param sum true for the sum over all elements, false for the mean
   * @param diff receives the gradient; may be null
   */
  public static void loss(
      long n,
      boolean sum,
      double delta,
      FloatPointer src,
      FloatPointer targets,
      FloatPointer diff,
      DoublePointer loss) {
    Status.check(Quern.quern_huber_loss(n, sum ? 1 : 0, delta, src, targets, diff, loss));
  }
}

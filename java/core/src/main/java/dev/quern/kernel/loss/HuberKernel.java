package dev.quern.kernel.loss;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** The Huber loss of values against targets. */
public final class HuberKernel {
  private HuberKernel() {}

  /**
   * Computes the loss.
   *
   * @param sum whether the loss is the sum over all values rather than the mean
   * @param diff receives the gradient; null if not needed
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

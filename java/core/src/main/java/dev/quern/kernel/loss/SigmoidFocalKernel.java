package dev.quern.kernel.loss;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** The sigmoid focal loss of logits and independent binary targets. */
public final class SigmoidFocalKernel {
  private SigmoidFocalKernel() {}

  /**
   * Computes the loss.
   *
   * @param sum true for the sum over all elements, false for the mean
   * @param alpha weight of targets of 1, with 1 - alpha for targets of 0; -1 for no weighting
   * @param diff receives the gradient; may be null
   */
  public static void loss(
      long n,
      boolean sum,
      double alpha,
      double gamma,
      FloatPointer src,
      FloatPointer targets,
      FloatPointer diff,
      DoublePointer loss) {
    Status.check(
        Quern.quern_sigmoid_focal_loss(n, sum ? 1 : 0, alpha, gamma, src, targets, diff, loss));
  }
}

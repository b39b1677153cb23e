package dev.quern.kernel.loss;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** The sigmoid focal loss of logits with independent labels. */
public final class SigmoidFocalKernel {
  private SigmoidFocalKernel() {}

  /**
   * Computes the loss.
   *
   * @param sum whether the loss is the sum over all values rather than the mean
   * @param alpha the weight of targets of 1; -1 for none
   * @param diff receives the gradient; null if not needed
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

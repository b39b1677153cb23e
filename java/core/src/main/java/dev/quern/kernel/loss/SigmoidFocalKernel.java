package dev.quern.kernel.loss;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** The focal loss of logits against labels that exclude nothing. */
public final class SigmoidFocalKernel {
  private SigmoidFocalKernel() {}

  /**
   * @param sum whether the loss is the sum over all values, else the mean
   * @param alpha weight of targets of 1, or -1 for none
   * @param diff null where no gradient is wanted
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

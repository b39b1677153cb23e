package dev.quern.kernel.loss;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** Sigmoid with binary cross-entropy, and the number of correct predictions. */
public final class BceWithLogitsKernel {
  private BceWithLogitsKernel() {}

  /**
   * Computes the loss.
   *
   * @param sum whether the loss is the sum over all logits rather than the mean
   * @param classWeights null for all 1, as may be posWeights
   * @param diff receives the gradient; null if not needed
   */
  public static void loss(
      long batch,
      long classes,
      boolean sum,
      FloatPointer src,
      FloatPointer targets,
      FloatPointer classWeights,
      FloatPointer posWeights,
      FloatPointer diff,
      DoublePointer loss) {
    Status.check(
        Quern.quern_bce_with_logits_loss(
            batch, classes, sum ? 1 : 0, src, targets, classWeights, posWeights, diff, loss));
  }

  /**
   * Counts the correct predictions: logits above 0 with targets above 0.5, and other logits with
   * other targets.
   *
   * @param correct receives the count
   */
  public static void countCorrect(long n, FloatPointer src, FloatPointer targets, long[] correct) {
    Status.check(Quern.quern_count_correct_labels(n, src, targets, correct));
  }
}

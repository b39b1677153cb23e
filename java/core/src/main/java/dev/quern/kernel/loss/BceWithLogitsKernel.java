package dev.quern.kernel.loss;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** Binary cross-entropy of logits (sigmoid included), and the number of correct predictions. */
public final class BceWithLogitsKernel {
  private BceWithLogitsKernel() {}

  /**
   * Computes the loss.
   *
   * @param sum true for the sum over all logits, false for the mean
   * @param classWeights weight per class; both {@code classWeights} and {@code posWeights} may be
   *     null for weights of 1
   * @param diff receives the gradient; may be null
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
   * Counts the correct predictions: {@code logit > 0} and {@code target > 0.5} must be both true or
   * both false.
   *
   * @param correct receives the count
   */
  public static void countCorrect(long n, FloatPointer src, FloatPointer targets, long[] correct) {
    Status.check(Quern.quern_count_correct_labels(n, src, targets, correct));
  }
}

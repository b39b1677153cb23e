package dev.quern.kernel.loss;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** Sigmoid with binary cross-entropy, and how many answers are right. */
public final class BceWithLogitsKernel {
  private BceWithLogitsKernel() {}

  /**
   * @param sum whether the loss is the sum over all logits, else the mean
   * @param classWeights null for all 1, as are the others
   * @param diff null where no gradient is wanted
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
   * How many logits are above 0 where the target is above 0.5, or neither.
   *
   * @param correct receives it
   */
  public static void countCorrect(long n, FloatPointer src, FloatPointer targets, long[] correct) {
    Status.check(Quern.quern_count_correct_labels(n, src, targets, correct));
  }
}

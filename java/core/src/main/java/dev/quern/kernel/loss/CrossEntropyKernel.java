package dev.quern.kernel.loss;

import dev.quern.bindings.CrossEntropyDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.kernel.DescriptorMemory;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Softmax with cross-entropy or focal loss of rows of logits, and the number of correct rows. */
public final class CrossEntropyKernel {
  private final CrossEntropyDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param sum whether the loss is the sum over the rows rather than the mean
   * @param ignoreIndex the label of ignored rows
   * @param gamma the exponent of the focal loss; 0 for cross-entropy
   */
  public CrossEntropyKernel(
      Pointer at,
      long batch,
      long classes,
      double labelSmoothing,
      boolean sum,
      int ignoreIndex,
      double gamma) {
    descriptor =
        new CrossEntropyDescriptor(at)
            .batch(batch)
            .classes(classes)
            .label_smoothing(labelSmoothing)
            .sum(sum ? 1 : 0)
            .ignore_index(ignoreIndex)
            .gamma(gamma);
  }

  /** Sets how many rows the next passes have. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  /**
   * Computes the loss with class indices.
   *
   * @param classWeights null for all 1
   * @param diff receives the gradient; null if not needed
   * @param rows workspace of one double per row
   */
  public void loss(
      FloatPointer src,
      IntPointer labels,
      FloatPointer classWeights,
      FloatPointer diff,
      DoublePointer rows,
      DoublePointer loss) {
    Status.check(
        Quern.quern_cross_entropy_loss(descriptor, src, labels, classWeights, diff, rows, loss));
  }

  /** Computes the loss with rows of class probabilities. */
  public void softLoss(
      FloatPointer src,
      FloatPointer targets,
      FloatPointer classWeights,
      FloatPointer diff,
      DoublePointer rows,
      DoublePointer loss) {
    Status.check(
        Quern.quern_cross_entropy_soft_loss(
            descriptor, src, targets, classWeights, diff, rows, loss));
  }

  /**
   * Counts the rows whose largest value, the first of equal ones, is at their label.
   *
   * @param ignoreIndex the label of ignored rows
   * @param correct receives the number
   */
  public static void countCorrect(
      long rows,
      long classes,
      int ignoreIndex,
      FloatPointer src,
      IntPointer labels,
      long[] correct) {
    Status.check(Quern.quern_count_correct(rows, classes, ignoreIndex, src, labels, correct));
  }

  /** Counts the rows whose largest value is at the largest probability of their target. */
  public static void countCorrectSoft(
      long rows, long classes, FloatPointer src, FloatPointer targets, long[] correct) {
    Status.check(Quern.quern_count_correct_soft(rows, classes, src, targets, correct));
  }
}

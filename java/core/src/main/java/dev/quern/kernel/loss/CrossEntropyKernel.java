package dev.quern.kernel.loss;

import dev.quern.bindings.CrossEntropyDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.kernel.DescriptorMemory;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Cross-entropy or focal loss of rows of logits (softmax included), and the number of correct
 * predictions.
 */
public final class CrossEntropyKernel {
  private final CrossEntropyDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param sum true for the sum over the rows, false for the mean
   * @param ignoreIndex the label of ignored rows
   * @param gamma exponent of the focal loss; 0 for cross-entropy
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

  /** Sets the number of rows of the next passes. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  /**
   * Computes the loss for labels that are class indices.
   *
   * @param classWeights weight per class; null for weights of 1
   * @param diff receives the gradient; may be null
   * @param rows workspace: one double per row
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

  /** Computes the loss for targets that are rows of class probabilities. */
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
   * Counts the rows whose predicted class is their label. The predicted class is the index of the
   * largest logit; if several logits are largest, the first.
   *
   * @param ignoreIndex the label of ignored rows
   * @param correct receives the count
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

  /** Counts the rows whose largest logit is at the index of their target's largest probability. */
  public static void countCorrectSoft(
      long rows, long classes, FloatPointer src, FloatPointer targets, long[] correct) {
    Status.check(Quern.quern_count_correct_soft(rows, classes, src, targets, correct));
  }
}

package dev.quern.loss;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Softmax with cross-entropy, from logits {@code [N, C]}, or {@code [N, C, L]} and {@code [N, C, H,
 * W]} with a target at each position, by log-sum-exp. Targets are class indices or rows of class
 * probabilities. As in PyTorch, with label smoothing s the target is {@code (1 - s) y + s / C},
 * where y is one-hot for an index. With class weights, each class's term is multiplied by the
 * class's weight; the mean divides by the sum of the targets' weights for indices, and by the
 * number of rows for probabilities.
 *
 * <p>Targets with the ignored class index do not contribute to loss, gradient and mean. If all
 * targets are ignored, {@link #forward} returns the undefined mean NaN, and {@link #backward}
 * returns zeros, as in PyTorch. A trainer counts such a batch as loss 0; an evaluation skips it.
 *
 * @param labelSmoothing in [0, 1]
 * @param classWeights one for each class, or null for all 1
 * @param reduction mean or sum over the rows
 * @param ignoreIndex class index of ignored rows, inside or outside the classes; default {@link
 *     #IGNORE_INDEX}. Does not apply to rows of probabilities
 */
public record CrossEntropy(
    float labelSmoothing, float @Nullable [] classWeights, Reduction reduction, int ignoreIndex)
    implements Loss {
  /** PyTorch's default of {@code ignore_index}. */
  public static final int IGNORE_INDEX = -100;

  private static final String OP = "cross_entropy";

  public CrossEntropy {
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new InvalidArgumentException(
          OP + ": label_smoothing " + labelSmoothing + " is outside [0, 1]");
    }
    classWeights = ClassWeights.checked(OP, "class weight", classWeights);
    Require.present(OP, "reduction", reduction);
  }

  public CrossEntropy() {
    this(0);
  }

  public CrossEntropy(float labelSmoothing) {
    this(labelSmoothing, null, Reduction.MEAN);
  }

  public CrossEntropy(float labelSmoothing, float @Nullable [] classWeights, Reduction reduction) {
    this(labelSmoothing, classWeights, reduction, IGNORE_INDEX);
  }

  /** Returns a copy with another ignored class index. */
  public CrossEntropy ignoreIndex(int index) {
    return new CrossEntropy(labelSmoothing, classWeights, reduction, index);
  }

  @Override
  public String type() {
    return OP;
  }

  @Override
  public float @Nullable [] classWeights() {
    return ClassWeights.copy(classWeights);
  }

  /**
   * Computes the loss of a batch by the native operator; the mean of an empty batch is NaN, as in
   * PyTorch.
   *
   * @param logits {@code [N, C]}, {@code [N, C, L]} or {@code [N, C, H, W]}
   * @param targets class indices in [0, C), or the ignored index: N, N * L or N * H * W numbers in
   *     that order
   */
  public double forward(Tensor logits, int... targets) {
    return rows().run(logits, false, targets).loss();
  }

  /** Computes the gradient with respect to the logits, with their shape, in their arena. */
  public Tensor backward(Tensor logits, int... targets) {
    return rows().run(logits, true, targets).gradient();
  }

  /**
   * {@inheritDoc}
   *
   * @param logits {@code [N, C]}, {@code [N, C, L]} or {@code [N, C, H, W]}
   * @param targets class probabilities, of the logits' shape; their sum is not checked
   */
  @Override
  public double forward(Tensor logits, Tensor targets) {
    return rows().run(logits, false, targets).loss();
  }

  @Override
  public Tensor backward(Tensor logits, Tensor targets) {
    return rows().run(logits, true, targets).gradient();
  }

  @Override
  public CrossEntropy plain() {
    return new CrossEntropy().ignoreIndex(ignoreIndex);
  }

  private RowLoss rows() {
    return new RowLoss(OP, labelSmoothing, classWeights, reduction, ignoreIndex, 0);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CrossEntropy c
        && labelSmoothing == c.labelSmoothing
        && reduction == c.reduction
        && ignoreIndex == c.ignoreIndex
        && Arrays.equals(classWeights, c.classWeights);
  }

  @Override
  public int hashCode() {
    return (Arrays.hashCode(classWeights) * 31 + Float.hashCode(labelSmoothing)) * 31
        + reduction.hashCode()
        + ignoreIndex;
  }

  /**
   * Returns the settings; the default ignored index is omitted, for compatibility with older
   * checkpoints.
   */
  @Override
  public String toString() {
    return "CrossEntropy[labelSmoothing="
        + labelSmoothing
        + ", classWeights="
        + Arrays.toString(classWeights)
        + ", reduction="
        + reduction
        + (ignoreIndex == IGNORE_INDEX ? "" : ", ignoreIndex=" + ignoreIndex)
        + "]";
  }
}

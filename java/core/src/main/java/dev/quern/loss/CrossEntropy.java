package dev.quern.loss;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cross-entropy of the softmax of logits {@code [N, C]}, or of {@code [N, C, L]} or {@code [N, C,
 * H, W]} with a target at each position. Targets are class indices or rows of class probabilities.
 * As in PyTorch, label smoothing s replaces a target y (one-hot for a class index) by {@code (1 -
 * s) y + s / C}. With class weights, each class's term is multiplied by the class's weight. For
 * class indices, the mean divides by the sum of the targets' weights; for class probabilities, by
 * the number of rows.
 *
 * <p>Rows whose target is {@code ignoreIndex} are excluded from loss, gradient and mean. If all
 * rows are ignored, the mean loss is NaN and the gradient is 0, as in PyTorch. A trainer counts
 * such a batch as loss 0; an evaluation skips it.
 *
 * @param labelSmoothing the label smoothing, in [0, 1]; default 0
 * @param classWeights the weight of each class, null for weights of 1
 * @param reduction mean or sum over the rows
 * @param ignoreIndex target index of rows to ignore, inside or outside [0, C); default {@link
 *     #IGNORE_INDEX}; not used for probabilities
 */
public record CrossEntropy(
    float labelSmoothing, float @Nullable [] classWeights, Reduction reduction, int ignoreIndex)
    implements Loss {
  /** PyTorch's default of {@code ignore_index}, -100. */
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
   * @param targets N, N * L or N * H * W class indices in row-major order, each in [0, C) or the
   *     ignored index
   */
  public double forward(Tensor logits, int... targets) {
    return rows().run(logits, false, targets).loss();
  }

  /**
   * Returns the loss's gradient with respect to the logits: a tensor of the logits' shape,
   * allocated in the logits' arena.
   */
  public Tensor backward(Tensor logits, int... targets) {
    return rows().run(logits, true, targets).gradient();
  }

  /**
   * {@inheritDoc}
   *
   * @param logits {@code [N, C]}, {@code [N, C, L]} or {@code [N, C, H, W]}
   * @param targets class probabilities of the logits' shape; their sums are not checked
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
   * Returns the settings, which checkpoints store. The default ignored index is omitted, for
   * compatibility with older checkpoints.
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

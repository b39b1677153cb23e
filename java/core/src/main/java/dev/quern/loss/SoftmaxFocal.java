package dev.quern.loss;

import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The softmax focal loss, for mutually exclusive classes, some of which are rare: cross-entropy
 * that gives easy examples less weight. Logits are {@code [N, C]}, {@code [N, C, L]} or {@code [N,
 * C, H, W]}; targets y are class indices or rows of class probabilities. With p = softmax over C
 * and class weights w, the loss of a row is
 *
 * <pre>
 * sum_c w[c] y[c] (1 - p[c])^gamma (-log p[c])
 * </pre>
 *
 * Lin et al., "Focal Loss for Dense Object Detection", 2017, arXiv 1708.02002, with softmax instead
 * of the sigmoid of the paper and of {@link SigmoidFocal}. As in {@link CrossEntropy}, rows with
 * the ignored class index do not contribute. For class indices, the mean divides by the sum of the
 * targets' weights; for class probabilities, by the number of rows.
 *
 * @param gamma focusing exponent, at least 0; 0 yields cross-entropy; default 2
 * @param classWeights the weight of each class, null for weights of 1
 * @param reduction mean or sum over the rows
 * @param ignoreIndex target index of rows to ignore; default {@link CrossEntropy#IGNORE_INDEX}
 */
public record SoftmaxFocal(
    double gamma, float @Nullable [] classWeights, Reduction reduction, int ignoreIndex)
    implements Loss {
  private static final String OP = "softmax_focal";

  public SoftmaxFocal {
    SigmoidFocal.requireGamma(OP, gamma);
    classWeights = ClassWeights.checked(OP, "class weight", classWeights);
    Require.present(OP, "reduction", reduction);
  }

  public SoftmaxFocal() {
    this(2);
  }

  public SoftmaxFocal(double gamma) {
    this(gamma, null, Reduction.MEAN, CrossEntropy.IGNORE_INDEX);
  }

  /** Returns a copy with another ignored class index. */
  public SoftmaxFocal ignoreIndex(int index) {
    return new SoftmaxFocal(gamma, classWeights, reduction, index);
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
   * Computes the loss of a batch by the native operator; the mean of an empty batch is NaN.
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

  @Override
  public double forward(Tensor logits, Tensor targets) {
    return rows().run(logits, false, targets).loss();
  }

  @Override
  public Tensor backward(Tensor logits, Tensor targets) {
    return rows().run(logits, true, targets).gradient();
  }

  private RowLoss rows() {
    return new RowLoss(OP, 0, classWeights, reduction, ignoreIndex, gamma);
  }

  @Override
  public SoftmaxFocal plain() {
    return new SoftmaxFocal(gamma).ignoreIndex(ignoreIndex);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SoftmaxFocal f
        && Double.compare(gamma, f.gamma) == 0
        && reduction == f.reduction
        && ignoreIndex == f.ignoreIndex
        && Arrays.equals(classWeights, f.classWeights);
  }

  @Override
  public int hashCode() {
    return (Arrays.hashCode(classWeights) * 31 + Double.hashCode(gamma)) * 31
        + reduction.hashCode()
        + ignoreIndex;
  }

  @Override
  public String toString() {
    return "SoftmaxFocal[gamma="
        + gamma
        + ", classWeights="
        + Arrays.toString(classWeights)
        + ", reduction="
        + reduction
        + ", ignoreIndex="
        + ignoreIndex
        + "]";
  }
}

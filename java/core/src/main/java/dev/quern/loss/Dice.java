package dev.quern.loss;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.LayoutKernel;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.loss.DiceKernel;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * The soft Dice loss, for segmentation with small segments: 1 minus the overlap of predicted and
 * true positions. For logits {@code [N, C, L]} or {@code [N, C, H, W]}, with p = softmax over C
 * (sigmoid if C is 1) and targets y, the loss of each sample and class is
 *
 * <pre>
 * 1 - (2 sum p y + smooth) / (sum p + sum y + smooth)
 * </pre>
 *
 * where sums are over the sample's positions, and 0/0 is 0. Targets are a label for each position,
 * or probabilities {@code [N, C, ...]}. If C is 1, labels are 1 for positions of the class and 0
 * for others. Positions with the ignored label do not contribute. Milletari et al., "V-Net", 2016,
 * arXiv 1606.04797; unlike here, that paper's divisor has sums of squares.
 *
 * @param smooth the smoothing term, at least 0; default 1
 * @param reduction mean or sum over samples and classes
 * @param ignoreIndex label of ignored positions; default {@link CrossEntropy#IGNORE_INDEX}
 */
public record Dice(double smooth, Reduction reduction, int ignoreIndex) implements Loss {
  private static final String OP = "dice";

  public Dice {
    if (!(smooth >= 0) || Double.isInfinite(smooth)) {
      throw new InvalidArgumentException(
          OP + ": smooth " + smooth + " must be finite and at least 0");
    }
    Require.present(OP, "reduction", reduction);
  }

  public Dice() {
    this(1);
  }

  public Dice(double smooth) {
    this(smooth, Reduction.MEAN, CrossEntropy.IGNORE_INDEX);
  }

  /** Returns a copy with another ignored label. */
  public Dice ignoreIndex(int index) {
    return new Dice(smooth, reduction, index);
  }

  @Override
  public String type() {
    return OP;
  }

  /**
   * Computes the loss of a batch by the native operator; the mean of an empty batch is NaN.
   *
   * @param logits {@code [N, C, L]} or {@code [N, C, H, W]}
   * @param targets N * L or N * H * W labels in row-major order, each in [0, C) (0 or 1 if C is 1)
   *     or the ignored label
   */
  public double forward(Tensor logits, int... targets) {
    return run(logits, null, targets);
  }

  /**
   * Returns the loss's gradient with respect to the logits: a tensor of the logits' shape,
   * allocated in the logits' arena.
   */
  public Tensor backward(Tensor logits, int... targets) {
    Tensor grad = gradient(logits);
    run(logits, grad, targets);
    return grad;
  }

  @Override
  public double forward(Tensor logits, Tensor targets) {
    return run(logits, null, targets);
  }

  @Override
  public Tensor backward(Tensor logits, Tensor targets) {
    Tensor grad = gradient(logits);
    run(logits, grad, targets);
    return grad;
  }

  @Override
  public Dice plain() {
    return new Dice(smooth).ignoreIndex(ignoreIndex);
  }

  private static Tensor gradient(Tensor logits) {
    Shape in = check(logits);
    return logits.arena().tensor(in);
  }

  private double run(Tensor logits, Tensor gradOrNull, int[] targets) {
    Require.present(OP, "targets", targets);
    Shape in = check(logits);
    if (in.dim(0) * positions(in) != targets.length) {
      throw new ShapeException(
          OP
              + ": logits "
              + in
              + " do not fit "
              + targets.length
              + " targets, expected one target per position");
    }
    try (Scratch s = new Scratch(logits)) {
      IntPointer t = s.ints(targets);
      return run(
          s,
          logits,
          gradOrNull,
          (kernel, src, diff, space, bytes, loss) ->
              kernel.loss(src, t, diff, space.pointer(0), bytes, loss));
    }
  }

  private double run(Tensor logits, Tensor gradOrNull, Tensor targets) {
    Require.present(OP, "targets", targets);
    Shape in = check(logits);
    if (!targets.shape().equals(in)) {
      throw new ShapeException(OP + ": targets " + targets.shape() + " do not fit logits " + in);
    }
    try (Scratch s = new Scratch(logits, targets)) {
      FloatPointer t = rows(s, targets);
      return run(
          s,
          logits,
          gradOrNull,
          (kernel, src, diff, space, bytes, loss) ->
              kernel.softLoss(src, t, diff, space.pointer(0), bytes, loss));
    }
  }

  /** A native Dice loss, either for labels or for probabilities as targets. */
  private interface Operator {
    void loss(
        DiceKernel kernel,
        FloatPointer src,
        FloatPointer diff,
        OffHeap workspace,
        long bytes,
        DoublePointer loss);
  }

  private double run(Scratch s, Tensor logits, Tensor gradOrNull, Operator operator) {
    Shape in = logits.shape();
    DiceKernel kernel =
        new DiceKernel(
            s.descriptor(),
            in.dim(0),
            positions(in),
            in.dim(1),
            smooth,
            reduction == Reduction.SUM,
            ignoreIndex);
    long bytes = kernel.workspaceBytes();
    FloatPointer diff = gradOrNull == null ? null : s.floats(in.elements());
    DoublePointer loss = s.block(8).doubles(0);
    operator.loss(kernel, rows(s, logits), diff, s.block(bytes + 8), bytes, loss);
    if (gradOrNull != null) {
      LayoutKernel.toNchw(in.dim(0), in.dim(1), positions(in), diff, s.raw(gradOrNull));
    }
    return loss.get();
  }

  private static FloatPointer rows(Scratch s, Tensor t) {
    Shape in = t.shape();
    FloatPointer copy = s.floats(in.elements());
    LayoutKernel.toNhwc(in.dim(0), in.dim(1), positions(in), s.raw(t), copy);
    return copy;
  }

  private static Shape check(Tensor logits) {
    Shape in = Require.present(OP, "logits", logits).shape();
    if (in.rank() != 3 && in.rank() != 4) {
      throw new ShapeException(
          OP
              + ": logits "
              + in
              + " must have shape [batch, classes, length] or [batch, classes, height, width]");
    }
    return in;
  }

  private static long positions(Shape in) {
    return in.rank() == 3 ? in.dim(2) : in.dim(2) * in.dim(3);
  }
}

package dev.quern.loss;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.loss.SigmoidFocalKernel;
import dev.quern.tensor.Tensor;

/**
 * The sigmoid focal loss, for multi-label targets that are mostly 0: binary cross-entropy that
 * gives easy examples less weight. Logits x and targets y in [0, 1] have any common shape. With p =
 * sigmoid(x) and {@code q = p (1 - y) + (1 - p) y}, the probability of a wrong prediction, the loss
 * is
 *
 * <pre>
 * (alpha y + (1 - alpha) (1 - y)) q^gamma ((1 - y) log(1 + exp(x)) + y log(1 + exp(-x)))
 * </pre>
 *
 * as torchvision's {@code sigmoid_focal_loss}. Lin et al., "Focal Loss for Dense Object Detection",
 * 2017, arXiv 1708.02002. For mutually exclusive classes, use {@link SoftmaxFocal}.
 *
 * @param alpha weight of positive targets, in [0, 1] (negative targets have weight 1 - alpha), or
 *     {@link #NO_ALPHA} for weights of 1; default 0.25
 * @param gamma focusing exponent, at least 0; 0 yields binary cross-entropy; default 2
 * @param reduction mean or sum over all elements
 */
public record SigmoidFocal(double alpha, double gamma, Reduction reduction) implements Loss {
  /** The value of alpha that disables weighting: all weights are 1. */
  public static final double NO_ALPHA = -1;

  private static final String OP = "sigmoid_focal";

  public SigmoidFocal {
    if (!(alpha == NO_ALPHA || (alpha >= 0 && alpha <= 1))) {
      throw new InvalidArgumentException(
          OP + ": alpha " + alpha + " must be in [0, 1] or " + NO_ALPHA);
    }
    requireGamma(OP, gamma);
    Require.present(OP, "reduction", reduction);
  }

  public SigmoidFocal() {
    this(0.25, 2);
  }

  public SigmoidFocal(double alpha, double gamma) {
    this(alpha, gamma, Reduction.MEAN);
  }

  static void requireGamma(String op, double gamma) {
    if (!(gamma >= 0) || Double.isInfinite(gamma)) {
      throw new InvalidArgumentException(
          op + ": gamma " + gamma + " must be finite and at least 0");
    }
  }

  @Override
  public String type() {
    return OP;
  }

  @Override
  public double forward(Tensor logits, Tensor targets) {
    return Elementwise.forward(OP, logits, targets, operator(logits));
  }

  @Override
  public Tensor backward(Tensor logits, Tensor targets) {
    return Elementwise.backward(OP, logits, targets, operator(logits));
  }

  private Elementwise.Operator operator(Tensor logits) {
    boolean sum = reduction == Reduction.SUM;
    return (s, src, targets, diff, loss) ->
        SigmoidFocalKernel.loss(
            logits.shape().elements(), sum, alpha, gamma, src, targets, diff, loss);
  }

  /** Returns this loss for evaluation: with mean reduction, without alpha, which is a weight. */
  @Override
  public SigmoidFocal plain() {
    return new SigmoidFocal(NO_ALPHA, gamma);
  }
}

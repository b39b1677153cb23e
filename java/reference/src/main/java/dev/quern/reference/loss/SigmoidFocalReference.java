package dev.quern.reference.loss;

import dev.quern.loss.SigmoidFocal;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;

/**
 * Reference implementation of {@link SigmoidFocal}: the loss is {@code a q^gamma l}, with p =
 * sigmoid(x), the cross-entropy {@code l = (1 - y) softplus(x) + y softplus(-x)}, {@code
 * softplus(x) = log(1 + exp(x))} and {@code q = p (1 - y) + (1 - p) y}. The factor a is {@code
 * alpha y + (1 - alpha) (1 - y)}, or 1 without alpha.
 */
public final class SigmoidFocalReference {
  private SigmoidFocalReference() {}

  /** Returns the loss. */
  public static double forward(SigmoidFocal loss, NdArray logits, NdArray targets) {
    Require.present("sigmoid_focal", "loss, logits, targets", loss, logits, targets);
    return ElementwiseReference.forward(
        loss,
        logits,
        targets,
        (i, x, y) -> weight(loss, y) * Math.pow(miss(x, y), loss.gamma()) * crossEntropy(x, y));
  }

  /**
   * Returns the gradient with respect to the logits: {@code a (q^gamma (p - y) + gamma q^(gamma -
   * 1) (1 - 2 y) p (1 - p) l)}.
   */
  public static NdArray backward(SigmoidFocal loss, NdArray logits, NdArray targets) {
    Require.present("sigmoid_focal", "loss, logits, targets", loss, logits, targets);
    double gamma = loss.gamma();
    return ElementwiseReference.backward(
        loss,
        logits,
        targets,
        (i, x, y) -> {
          double q = miss(x, y);
          double slope = (1 - 2 * y) * sigmoid(x) * sigmoid(-x);
          double pull =
              gamma == 0 || slope == 0
                  ? 0
                  : gamma * Math.pow(q, gamma - 1) * slope * crossEntropy(x, y);
          return weight(loss, y) * (Math.pow(q, gamma) * (sigmoid(x) - y) + pull);
        });
  }

  private static double weight(SigmoidFocal loss, double y) {
    return loss.alpha() < 0 ? 1 : loss.alpha() * y + (1 - loss.alpha()) * (1 - y);
  }

  private static double miss(double x, double y) {
    return sigmoid(x) * (1 - y) + sigmoid(-x) * y;
  }

  private static double crossEntropy(double x, double y) {
    return (1 - y) * softplus(x) + y * softplus(-x);
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}

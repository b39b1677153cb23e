package dev.quern.reference.loss;

import dev.quern.error.ShapeException;
import dev.quern.loss.BceWithLogits;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;

/**
 * Reference implementation of {@link BceWithLogits}: with {@code softplus(x) = log(1 + exp(x))},
 * class weight w and positive weight p, the loss is
 *
 * <pre>
 * w ((1 - y) softplus(x) + p y softplus(-x))
 * </pre>
 */
public final class BceWithLogitsReference {
  private BceWithLogitsReference() {}

  /**
   * Returns the loss.
   *
   * @throws ShapeException if targets or weights do not fit the logits
   */
  public static double forward(BceWithLogits loss, NdArray logits, NdArray targets) {
    Require.present("bce_with_logits", "loss, logits, targets", loss, logits, targets);
    double[] w = weights(loss.classWeights(), logits);
    double[] p = weights(loss.posWeights(), logits);
    return ElementwiseReference.forward(
        loss,
        logits,
        targets,
        (i, x, y) -> {
          int c = i % w.length;
          return w[c] * ((1 - y) * softplus(x) + p[c] * y * softplus(-x));
        });
  }

  /** Returns the gradient with respect to the logits. */
  public static NdArray backward(BceWithLogits loss, NdArray logits, NdArray targets) {
    Require.present("bce_with_logits", "loss, logits, targets", loss, logits, targets);
    double[] w = weights(loss.classWeights(), logits);
    double[] p = weights(loss.posWeights(), logits);
    return ElementwiseReference.backward(
        loss,
        logits,
        targets,
        (i, x, y) -> {
          int c = i % w.length;
          return w[c] * ((1 - y) * sigmoid(x) - p[c] * y * sigmoid(-x));
        });
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** Returns one weight per element of a sample; all are 1 if {@code given} is null. */
  private static double[] weights(float[] given, NdArray logits) {
    double[] weights = new double[Checks.length("bce_with_logits", logits.shape().sample())];
    if (given != null && given.length != weights.length) {
      throw new ShapeException(
          "bce_with_logits: "
              + given.length
              + " weights do not fit "
              + weights.length
              + " classes");
    }
    for (int c = 0; c < weights.length; c++) {
      weights[c] = given == null ? 1 : given[c];
    }
    return weights;
  }
}

package dev.quern.optim;

import dev.quern.Tensor;
import dev.quern.bindings.Quern;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Descriptors;
import dev.quern.internal.Require;
import dev.quern.internal.Scratch;
import dev.quern.internal.Status;

/**
 * Stochastic gradient descent with momentum, PyTorch's rule: {@code g += weightDecay w; v =
 * momentum v + g; w -= lr v} (with Nesterov {@code w -= lr (g + momentum v)}); the first step sets
 * v to g.
 */
public record Sgd(float lr, float momentum, float weightDecay, boolean nesterov) {
  public Sgd {
    check("lr", lr);
    check("momentum", momentum);
    check("weight_decay", weightDecay);
    if (nesterov && momentum == 0) {
      throw new InvalidArgumentException("sgd: nesterov needs a momentum above 0");
    }
  }

  public Sgd(float lr) {
    this(lr, 0, 0, false);
  }

  public Sgd(float lr, float momentum) {
    this(lr, momentum, 0, false);
  }

  private static void check(String what, float value) {
    if (!(value >= 0) || Float.isInfinite(value)) {
      throw new InvalidArgumentException(
          "sgd: " + what + " " + value + " is not a number of at least 0");
    }
  }

  /**
   * One step of the native operator on one tensor.
   *
   * @param weight updated in place
   * @param grad of the weight's shape
   * @param velocity of the weight's shape, updated in place; may be null where momentum is 0
   * @param firstStep true for the first step on this tensor: velocity becomes the gradient
   */
  public void step(Tensor weight, Tensor grad, Tensor velocity, boolean firstStep) {
    Require.present("sgd", "weight", weight);
    Require.present("sgd", "gradient", grad);
    if (!grad.shape().equals(weight.shape())
        || (velocity != null && !velocity.shape().equals(weight.shape()))) {
      throw new ShapeException(
          "sgd: weight "
              + weight.shape()
              + ", gradient "
              + grad.shape()
              + " and velocity "
              + (velocity == null ? "none" : velocity.shape())
              + " should have one shape");
    }
    if (velocity == null && momentum != 0) {
      throw new InvalidArgumentException("sgd: momentum " + momentum + " needs a velocity");
    }
    try (Scratch s = new Scratch(weight, grad, velocity)) {
      Status.check(
          Quern.quern_sgd_step(
              Descriptors.sgd(s.descriptor(Descriptors.BYTES), this, 1, firstStep),
              weight.shape().elements(),
              s.raw(grad),
              s.raw(weight),
              s.raw(velocity)));
    }
  }
}

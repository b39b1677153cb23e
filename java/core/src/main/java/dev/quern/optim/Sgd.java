package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.optim.SgdKernel;
import dev.quern.tensor.Tensor;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic gradient descent with momentum, by PyTorch's rule: {@code g += weightDecay w; v =
 * momentum v + g; w -= lr v} (with Nesterov {@code w -= lr (g + momentum v)}); the first step sets
 * v to g.
 */
public record Sgd(float lr, float momentum, float weightDecay, boolean nesterov)
    implements Optimizer {
  public Sgd {
    Checks.notNegative("sgd", "lr", lr);
    Checks.notNegative("sgd", "momentum", momentum);
    Checks.notNegative("sgd", "weight_decay", weightDecay);
    if (nesterov && momentum == 0) {
      throw new InvalidArgumentException("sgd: nesterov requires a momentum above 0");
    }
  }

  public Sgd(float lr) {
    this(lr, 0, 0, false);
  }

  public Sgd(float lr, float momentum) {
    this(lr, momentum, 0, false);
  }

  @Override
  public String type() {
    return "sgd";
  }

  @Override
  public Sgd withLr(float rate) {
    return new Sgd(rate, momentum, weightDecay, nesterov);
  }

  @Override
  public Sgd withWeightDecay(float decay) {
    return new Sgd(lr, momentum, decay, nesterov);
  }

  /** Returns the state's name, {@code momentum_buffer}, or an empty list if momentum is 0. */
  @Override
  public List<String> states() {
    return momentum == 0 ? List.of() : List.of("momentum_buffer");
  }

  /**
   * Updates one tensor by a step of the native optimizer.
   *
   * @param weight the weight, updated in place
   * @param grad the gradient, of the weight's shape
   * @param velocity the momentum buffer, of the weight's shape, updated in place; may be null if
   *     momentum is 0
   * @param firstStep true for the first step on this tensor, which sets velocity to the gradient
   */
  public void step(Tensor weight, Tensor grad, @Nullable Tensor velocity, boolean firstStep) {
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
              + " must have equal shapes");
    }
    if (velocity == null && momentum != 0) {
      throw new InvalidArgumentException("sgd: momentum " + momentum + " requires a velocity");
    }
    try (Scratch s = new Scratch(weight, grad, velocity)) {
      FloatPointer[] states =
          velocity == null ? new FloatPointer[0] : new FloatPointer[] {s.raw(velocity)};
      new SgdKernel(s.descriptor(), lr, momentum, weightDecay, nesterov)
          .step(firstStep ? 1 : 2, 1, weight.shape(), s.raw(grad), s.raw(weight), states, null, 0);
    }
  }
}

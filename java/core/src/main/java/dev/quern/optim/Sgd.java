package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;

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
}

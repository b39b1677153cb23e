package dev.quern.optim;

import java.util.ArrayList;
import java.util.List;

/**
 * RMSProp, by PyTorch's rule: {@code g += weightDecay w; s = alpha s + (1 - alpha) g^2; w -= lr g /
 * (sqrt(s) + eps)}; with momentum, {@code b = momentum b + g / (sqrt(s) + eps); w -= lr b}. The
 * centered variant uses the variance {@code s - a^2} in place of s, where {@code a = alpha a + (1 -
 * alpha) g}; a variance below 0, due to rounding, counts as 0. Tieleman and Hinton, Coursera
 * lecture 6.5, 2012; centered: Graves, "Generating Sequences With Recurrent Neural Networks", 2013.
 *
 * @param lr the learning rate; PyTorch's default is 1e-2
 * @param alpha decay of the running averages, in [0, 1); default 0.99
 * @param eps the number added to the square root in the divisor; default 1e-8
 * @param weightDecay the factor with which weights are added to the gradient (L2 penalty); default
 *     0
 * @param momentum the momentum; default 0
 * @param centered whether the divisor uses the variance; default false
 */
public record RmsProp(
    float lr, double alpha, double eps, float weightDecay, float momentum, boolean centered)
    implements Optimizer {
  public RmsProp {
    Checks.notNegative("rmsprop", "lr", lr);
    Checks.rate("rmsprop", "alpha", alpha);
    Checks.notNegative("rmsprop", "eps", eps);
    Checks.notNegative("rmsprop", "weight_decay", weightDecay);
    Checks.notNegative("rmsprop", "momentum", momentum);
  }

  public RmsProp() {
    this(1e-2f);
  }

  public RmsProp(float lr) {
    this(lr, 0);
  }

  public RmsProp(float lr, float momentum) {
    this(lr, 0.99, 1e-8, 0, momentum, false);
  }

  @Override
  public String type() {
    return "rmsprop";
  }

  @Override
  public RmsProp withLr(float rate) {
    return new RmsProp(rate, alpha, eps, weightDecay, momentum, centered);
  }

  @Override
  public RmsProp withWeightDecay(float decay) {
    return new RmsProp(lr, alpha, eps, decay, momentum, centered);
  }

  /**
   * Returns the states' names: {@code square_avg}, {@code momentum_buffer} if momentum is not 0,
   * and {@code grad_avg} if centered.
   */
  @Override
  public List<String> states() {
    List<String> names = new ArrayList<>(List.of("square_avg"));
    if (momentum > 0) {
      names.add("momentum_buffer");
    }
    if (centered) {
      names.add("grad_avg");
    }
    return List.copyOf(names);
  }
}

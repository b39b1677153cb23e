package dev.quern.optim;

import java.util.List;

/**
 * AdamW, which is Adam with decoupled weight decay, by PyTorch's rule: {@code w -= lr weightDecay
 * w}, then a step of {@link Adam} without decay. Loshchilov and Hutter, "Decoupled Weight Decay
 * Regularization", 2019.
 *
 * @param lr the learning rate; PyTorch's default is 1e-3
 * @param beta1 decay of the running average of the gradient, in [0, 1); default 0.9
 * @param beta2 decay of the running average of the squared gradient, in [0, 1); default 0.999
 * @param eps the number added to the square root in the divisor; default 1e-8
 * @param weightDecay the decoupled weight decay: each step reduces the weights by lr times this
 *     fraction; default 1e-2
 * @param amsgrad whether the divisor uses the maximum of all past averages of the squared gradient;
 *     default false. Reddi et al., "On the Convergence of Adam and Beyond", 2018.
 */
public record AdamW(
    float lr, double beta1, double beta2, double eps, float weightDecay, boolean amsgrad)
    implements Optimizer {
  public AdamW {
    Checks.notNegative("adamw", "lr", lr);
    Checks.rate("adamw", "beta1", beta1);
    Checks.rate("adamw", "beta2", beta2);
    Checks.notNegative("adamw", "eps", eps);
    Checks.notNegative("adamw", "weight_decay", weightDecay);
  }

  public AdamW() {
    this(1e-3f);
  }

  public AdamW(float lr) {
    this(lr, 1e-2f);
  }

  public AdamW(float lr, float weightDecay) {
    this(lr, 0.9, 0.999, 1e-8, weightDecay, false);
  }

  @Override
  public String type() {
    return "adamw";
  }

  @Override
  public AdamW withLr(float rate) {
    return new AdamW(rate, beta1, beta2, eps, weightDecay, amsgrad);
  }

  @Override
  public AdamW withWeightDecay(float decay) {
    return new AdamW(lr, beta1, beta2, eps, decay, amsgrad);
  }

  /**
   * Returns the states' names: {@code exp_avg}, {@code exp_avg_sq} and, with amsgrad, {@code
   * max_exp_avg_sq}.
   */
  @Override
  public List<String> states() {
    return amsgrad
        ? List.of("exp_avg", "exp_avg_sq", "max_exp_avg_sq")
        : List.of("exp_avg", "exp_avg_sq");
  }
}

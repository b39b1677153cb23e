package dev.quern.optim;

import java.util.List;

/**
 * Adam, by PyTorch's rule: {@code g += weightDecay w; m = beta1 m + (1 - beta1) g; v = beta2 v + (1
 * - beta2) g^2; w -= lr / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + eps)}. Kingma and Ba,
 * "Adam", 2015.
 *
 * @param lr the learning rate; PyTorch's default is 1e-3
 * @param beta1 decay of the running average of the gradient, in [0, 1); default 0.9
 * @param beta2 decay of the running average of the squared gradient, in [0, 1); default 0.999
 * @param eps the number added to the square root in the divisor; default 1e-8
 * @param weightDecay the factor with which weights are added to the gradient (L2 penalty); default
 *     0
 * @param amsgrad whether the divisor uses the maximum of all past averages of the squared gradient;
 *     default false. Reddi et al., "On the Convergence of Adam and Beyond", 2018.
 */
public record Adam(
    float lr, double beta1, double beta2, double eps, float weightDecay, boolean amsgrad)
    implements Optimizer {
  public Adam {
    Checks.notNegative("adam", "lr", lr);
    Checks.rate("adam", "beta1", beta1);
    Checks.rate("adam", "beta2", beta2);
    Checks.notNegative("adam", "eps", eps);
    Checks.notNegative("adam", "weight_decay", weightDecay);
  }

  public Adam() {
    this(1e-3f);
  }

  public Adam(float lr) {
    this(lr, 0);
  }

  public Adam(float lr, float weightDecay) {
    this(lr, 0.9, 0.999, 1e-8, weightDecay, false);
  }

  @Override
  public String type() {
    return "adam";
  }

  @Override
  public Adam withLr(float rate) {
    return new Adam(rate, beta1, beta2, eps, weightDecay, amsgrad);
  }

  @Override
  public Adam withWeightDecay(float decay) {
    return new Adam(lr, beta1, beta2, eps, decay, amsgrad);
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

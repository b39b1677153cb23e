package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Muon for convolution filters, and another optimizer for the rest. Momentum {@code b = momentum b
 * + (1 - momentum) g}, then {@code u = b}, or with Nesterov {@code u = momentum b + (1 - momentum)
 * g}, as a matrix {@code [O, I * kh * kw]}, orthogonalised by a Newton-Schulz iteration, which
 * brings its singular values near 1; then {@code w -= lr weightDecay w; w -= lr sqrt(max(1, rows /
 * columns)) u}. The rule of PyTorch's {@code torch.optim.Muon}, in single precision throughout.
 * Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024.
 *
 * @param lr the learning rate of filters; PyTorch's default is 1e-3
 * @param weightDecay decay of filters per step, times lr; 0.1
 * @param momentum in [0, 1); 0.95
 * @param nesterov true
 * @param nsCoefficients coefficients of the Newton-Schulz polynomial; (3.4445, -4.7750, 2.0315)
 * @param eps lower bound of the norm by which the matrix is divided; 1e-7
 * @param nsSteps number of iterations, 1 to 99; 5
 * @param normalizeWeights whether filters are scaled to a norm of {@code sqrt(rows)} before the
 *     update, as in the speed records on CIFAR-10; false
 * @param rest optimizer of all other parameters, with its own learning rate; AdamW with its
 *     defaults
 */
public record Muon(
    float lr,
    float weightDecay,
    float momentum,
    boolean nesterov,
    Coefficients nsCoefficients,
    double eps,
    int nsSteps,
    boolean normalizeWeights,
    Optimizer rest)
    implements Optimizer {
  /**
   * Coefficients of the polynomial {@code a x + b x^3 + c x^5} that one step applies to singular
   * values.
   */
  public record Coefficients(double a, double b, double c) {
    public static final Coefficients DEFAULT = new Coefficients(3.4445, -4.7750, 2.0315);

    public Coefficients {
      if (!Double.isFinite(a) || !Double.isFinite(b) || !Double.isFinite(c)) {
        throw new InvalidArgumentException(
            "muon: ns_coefficients (" + a + ", " + b + ", " + c + ") are not all finite");
      }
    }
  }

  public Muon {
    Checks.notNegative("muon", "lr", lr);
    Checks.notNegative("muon", "weight_decay", weightDecay);
    Checks.rate("muon", "momentum", momentum);
    Require.present("muon", "ns_coefficients", nsCoefficients);
    Checks.notNegative("muon", "eps", eps);
    if (nsSteps < 1 || nsSteps > 99) {
      throw new InvalidArgumentException("muon: ns_steps " + nsSteps + " is outside [1, 99]");
    }
    if (Require.present("muon", "rest", rest) instanceof Muon) {
      throw new InvalidArgumentException("muon: rest must not be muon, which updates filters only");
    }
    rest = AskedOptimizer.of(rest);
  }

  public Muon() {
    this(1e-3f);
  }

  public Muon(float lr) {
    this(lr, 0.1f, 0.95f, new AdamW());
  }

  /** With PyTorch's defaults for what is not given. */
  public Muon(float lr, float weightDecay, float momentum, Optimizer rest) {
    this(lr, weightDecay, momentum, true, Coefficients.DEFAULT, 1e-7, 5, false, rest);
  }

  @Override
  public String type() {
    return "muon";
  }

  /** With another learning rate for filters; that of the rest stays. */
  @Override
  public Muon withLr(float rate) {
    return new Muon(
        rate,
        weightDecay,
        momentum,
        nesterov,
        nsCoefficients,
        eps,
        nsSteps,
        normalizeWeights,
        rest);
  }

  /** With another weight decay for filters; that of the rest stays. */
  @Override
  public Muon withWeightDecay(float decay) {
    return new Muon(
        lr, decay, momentum, nesterov, nsCoefficients, eps, nsSteps, normalizeWeights, rest);
  }

  /** With another optimizer for the rest. */
  public Muon withRest(Optimizer other) {
    return new Muon(
        lr, weightDecay, momentum, nesterov, nsCoefficients, eps, nsSteps, normalizeWeights, other);
  }

  /** {@code momentum_buffer}; the rest has its own. */
  @Override
  public List<String> states() {
    return List.of("momentum_buffer");
  }

  /** This for rank 4, convolution filters; {@link #rest()} for all other parameters. */
  @Override
  public Optimizer forShape(Shape shape) {
    return Require.present("muon", "shape", shape).rank() == 4 ? this : rest;
  }
}

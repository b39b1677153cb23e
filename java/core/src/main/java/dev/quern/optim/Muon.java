package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The Muon optimizer for convolution filters, with another optimizer for all other parameters. The
 * momentum is {@code b = momentum b + (1 - momentum) g}, and the update is {@code u = b}, or with
 * Nesterov {@code u = momentum b + (1 - momentum) g}. The update is reshaped to a matrix {@code [O,
 * I * kh * kw]} and orthogonalized by a Newton-Schulz iteration, after which its singular values
 * are close to 1; then {@code w -= lr weightDecay w; w -= lr sqrt(max(1, rows / columns)) u}. This
 * is the rule of PyTorch's {@code torch.optim.Muon}, in single precision throughout. Jordan et al.,
 * "Muon: An optimizer for hidden layers in neural networks", 2024.
 *
 * @param lr the learning rate of filters; PyTorch's default is 1e-3
 * @param weightDecay weight decay of filters: each step reduces them by lr times this fraction;
 *     default 0.1
 * @param momentum decay of the momentum, in [0, 1); default 0.95
 * @param nesterov whether to use Nesterov momentum; default true
 * @param nsCoefficients coefficients of the Newton-Schulz polynomial; default (3.4445, -4.7750,
 *     2.0315)
 * @param eps lower bound of the norm by which the matrix is divided; default 1e-7
 * @param nsSteps number of iterations, 1 to 99; default 5
 * @param normalizeWeights whether filters are scaled to a norm of {@code sqrt(rows)} before the
 *     update, as in speed records on CIFAR-10; default false
 * @param rest optimizer of all other parameters, with its own learning rate; default AdamW with its
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
   * Coefficients of the polynomial {@code a x + b x^3 + c x^5} that one iteration applies to the
   * singular values.
   */
  public record Coefficients(double a, double b, double c) {
    public static final Coefficients DEFAULT = new Coefficients(3.4445, -4.7750, 2.0315);

    public Coefficients {
      if (!Double.isFinite(a) || !Double.isFinite(b) || !Double.isFinite(c)) {
        throw new InvalidArgumentException(
            "muon: ns_coefficients (" + a + ", " + b + ", " + c + ") must be finite");
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
      throw new InvalidArgumentException("muon: option rest must not be muon (only for filters)");
    }
    rest = AskedOptimizer.of(rest);
  }

  public Muon() {
    this(1e-3f);
  }

  public Muon(float lr) {
    this(lr, 0.1f, 0.95f, new AdamW());
  }

  /** Creates a Muon with PyTorch's defaults for the other settings. */
  public Muon(float lr, float weightDecay, float momentum, Optimizer rest) {
    this(lr, weightDecay, momentum, true, Coefficients.DEFAULT, 1e-7, 5, false, rest);
  }

  @Override
  public String type() {
    return "muon";
  }

  /** Returns a copy with another learning rate for filters; {@link #rest()} is unchanged. */
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

  /** Returns a copy with another weight decay for filters; {@link #rest()} is unchanged. */
  @Override
  public Muon withWeightDecay(float decay) {
    return new Muon(
        lr, decay, momentum, nesterov, nsCoefficients, eps, nsSteps, normalizeWeights, rest);
  }

  /** Returns a copy with another optimizer for all other parameters. */
  public Muon withRest(Optimizer other) {
    return new Muon(
        lr, weightDecay, momentum, nesterov, nsCoefficients, eps, nsSteps, normalizeWeights, other);
  }

  /** Returns the state's name, {@code momentum_buffer}; {@link #rest()} has its own states. */
  @Override
  public List<String> states() {
    return List.of("momentum_buffer");
  }

  /**
   * Returns this optimizer for parameters of rank 4, which are convolution filters, and {@link
   * #rest()} for all others.
   */
  @Override
  public Optimizer forShape(Shape shape) {
    return Require.present("muon", "shape", shape).rank() == 4 ? this : rest;
  }
}

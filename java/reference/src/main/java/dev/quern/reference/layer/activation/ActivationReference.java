package dev.quern.reference.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.Elu;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.LeakyRelu;
import dev.quern.layer.activation.Softplus;
import dev.quern.network.LayerTypes;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.reference.support.Formula;
import dev.quern.reference.support.FunctionFormulas;
import dev.quern.reference.support.NormalDistribution;

/**
 * Reference implementations of the {@link Activation} layers, for arrays of any shape. For NaN and
 * at points without a derivative, results are the same as PyTorch's.
 */
public final class ActivationReference {
  private static final double SELU_ALPHA = 1.6732632423543772848;
  private static final double SELU_SCALE = 1.0507009873554804934;

  private ActivationReference() {}

  /** Returns the output. */
  public static NdArray forward(Activation layer, NdArray input) {
    Require.present("activation", "layer, input", layer, input);
    Formula formula = of(layer);
    NdArray output = new NdArray(input.shape());
    for (int i = 0; i < output.size(); i++) {
      output.set(i, formula.value().applyAsDouble(input.get(i)));
    }
    return output;
  }

  /** Returns the gradient with respect to the input. */
  public static NdArray backward(Activation layer, NdArray input, NdArray gradOutput) {
    Require.present("activation", "layer, input", layer, input);
    Formula formula = of(layer);
    Checks.shape(layer.type(), "grad_output", gradOutput, input.shape());
    NdArray gradInput = new NdArray(input.shape());
    for (int i = 0; i < gradInput.size(); i++) {
      gradInput.set(i, formula.gradient().applyAsDouble(input.get(i), gradOutput.get(i)));
    }
    return gradInput;
  }

  private static Formula of(Activation layer) {
    if (LayerTypes.of(layer) == null) {
      throw new InvalidArgumentException(
          "reference: " + layer.getClass().getName() + " is not a built-in layer");
    }
    return switch (layer.type()) {
      case "relu6" ->
          new Formula(x -> Math.min(Math.max(x, 0), 6), (x, dy) -> x <= 0 || x >= 6 ? 0 : dy);
      case "leaky_relu" -> leakyRelu(((LeakyRelu) layer).negativeSlope());
      case "elu" -> elu(((Elu) layer).alpha(), 1);
      case "selu" -> elu(SELU_ALPHA * SELU_SCALE, SELU_SCALE);
      case "gelu" -> ((Gelu) layer).approximate() == Gelu.Approximate.TANH ? geluTanh() : gelu();
      case "silu" -> Formula.smooth(x -> x * sigmoid(x), x -> sigmoid(x) * (1 + x * sigmoid(-x)));
      case "mish" -> mish();
      case "hardswish" ->
          new Formula(
              x -> x * hardsigmoid(x), (x, dy) -> x < -3 ? 0 : x <= 3 ? dy * (x / 3 + 0.5) : dy);
      case "hardsigmoid" ->
          new Formula(ActivationReference::hardsigmoid, (x, dy) -> x > -3 && x < 3 ? dy / 6 : 0);
      case "sigmoid" -> Formula.smooth(ActivationReference::sigmoid, x -> sigmoid(x) * sigmoid(-x));
      case "tanh" -> Formula.smooth(Math::tanh, x -> 4 * sigmoid(2 * x) * sigmoid(-2 * x));
      case "softplus" -> softplus((Softplus) layer);
      default -> FunctionFormulas.of(layer);
    };
  }

  private static Formula leakyRelu(double slope) {
    return new Formula(x -> x > 0 ? x : x * slope, (x, dy) -> x > 0 ? dy : dy * slope);
  }

  private static Formula elu(double alpha, double scale) {
    return new Formula(
        x -> x <= 0 ? alpha * Math.expm1(x) : scale * x,
        (x, dy) -> dy * (x <= 0 ? alpha * Math.exp(x) : scale));
  }

  private static Formula gelu() {
    return Formula.smooth(
        x -> x * NormalDistribution.below(x),
        x -> NormalDistribution.below(x) + x * NormalDistribution.density(x));
  }

  /**
   * Returns the tanh approximation of GELU; {@code (1 + tanh(u / 2)) / 2} is computed as the
   * sigmoid of {@code u}.
   */
  private static Formula geluTanh() {
    double linear = Math.sqrt(8 / Math.PI);
    double cubic = linear * 0.044715;
    return Formula.smooth(
        x -> x * sigmoid(x * (linear + cubic * x * x)),
        x -> {
          double u = x * (linear + cubic * x * x);
          return sigmoid(u) + x * sigmoid(u) * sigmoid(-u) * (linear + 3 * cubic * x * x);
        });
  }

  /**
   * Returns Mish, {@code x t} with {@code t = tanh(log(1 + exp(x)))}; the derivative of t is {@code
   * (1 - t^2) sigmoid(x)}.
   */
  private static Formula mish() {
    return Formula.smooth(
        x -> x * Math.tanh(softplus(x)),
        x -> {
          double t = Math.tanh(softplus(x));
          return t + x * sigmoid(x) * (1 - t * t);
        });
  }

  private static Formula softplus(Softplus layer) {
    double beta = layer.beta();
    double threshold = layer.threshold();
    return new Formula(
        x -> x * beta > threshold ? x : softplus(x * beta) / beta,
        (x, dy) -> x * beta > threshold ? dy : dy * sigmoid(x * beta));
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double hardsigmoid(double x) {
    return Math.min(Math.max(x + 3, 0), 6) / 6;
  }
}

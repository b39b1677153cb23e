package dev.quern.reference.support;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Celu;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Hardshrink;
import dev.quern.layer.activation.Power;
import java.util.function.DoublePredicate;

/** Reference implementations of the elementwise {@link Activation} layers. */
public final class FunctionFormulas {
  private FunctionFormulas() {}

  public static Formula of(Activation layer) {
    return switch (layer.type()) {
      case "abs" -> new Formula(Math::abs, (x, dy) -> dy * (Double.isNaN(x) ? 0 : Math.signum(x)));
      case "affine" -> affine((Affine) layer);
      case "ceil" -> Formula.step(Math::ceil);
      case "celu" -> celu(((Celu) layer).alpha());
      case "clamp" -> clamp((Clamp) layer);
      case "erf" ->
          Formula.smooth(FunctionFormulas::erf, x -> 2 / Math.sqrt(Math.PI) * Math.exp(-x * x));
      case "exp" -> Formula.smooth(Math::exp, Math::exp);
      case "fake_quantize" -> fakeQuantize((FakeQuantize) layer);
      case "floor" -> Formula.step(Math::floor);
      case "hardshrink" -> hardshrink(((Hardshrink) layer).lambd());
      case "log" -> new Formula(Math::log, (x, dy) -> dy / x);
      case "power" -> power(((Power) layer).exponent());
      case "reciprocal" -> Formula.smooth(x -> 1 / x, x -> -1 / (x * x));
      case "round" -> Formula.step(Math::rint);
      case "sign" -> Formula.step(Math::signum);
      case "softsign" ->
          Formula.smooth(
              x -> x / (1 + Math.abs(x)), x -> 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x))));
      case "sqrt" -> new Formula(Math::sqrt, (x, dy) -> dy / (2 * Math.sqrt(x)));
      default ->
          throw new InvalidArgumentException(
              "reference: activation " + layer.type() + " has no reference implementation");
    };
  }

  private static Formula affine(Affine layer) {
    double scale = layer.scale();
    double shift = layer.shift();
    return Formula.smooth(x -> scale * x + shift, x -> scale);
  }

  private static Formula celu(double alpha) {
    return new Formula(
        x -> x <= 0 ? alpha * Math.expm1(x / alpha) : x,
        (x, dy) -> x <= 0 ? dy * Math.exp(x / alpha) : dy);
  }

  private static Formula clamp(Clamp layer) {
    double min = layer.min();
    double max = layer.max();
    return new Formula(
        x -> Math.min(Math.max(x, min), max), (x, dy) -> x >= min && x <= max ? dy : 0);
  }

  /**
   * Returns the formula of fake quantization. As in PyTorch, the quotient is rounded to float,
   * because that can decide between two neighboring integers.
   */
  private static Formula fakeQuantize(FakeQuantize layer) {
    float scale = layer.scale();
    double low = (double) layer.quantMin() - layer.zeroPoint();
    double high = (double) layer.quantMax() - layer.zeroPoint();
    return new Formula(
        x -> Math.min(Math.max(Math.rint((float) x / scale), low), high) * scale,
        (x, dy) -> {
          double step = Math.rint((float) x / scale);
          return step >= low && step <= high ? dy : 0;
        });
  }

  private static Formula hardshrink(double lambd) {
    DoublePredicate inside = x -> x >= -lambd && x <= lambd;
    return new Formula(x -> inside.test(x) ? 0 : x, (x, dy) -> inside.test(x) ? 0 : dy);
  }

  private static Formula power(double exponent) {
    return new Formula(
        x -> exponent == 0.5 ? Math.sqrt(x) : pow(x, exponent),
        (x, dy) -> exponent == 0 ? 0 : dy * (exponent * pow(x, exponent - 1)));
  }

  /**
   * Returns x to the power of y by C's rules. Unlike in Java, 1 to the power of NaN, and 1 or -1 to
   * an infinite power, are 1.
   */
  public static double pow(double x, double y) {
    return x == 1 || x == -1 && Double.isInfinite(y) ? 1 : Math.pow(x, y);
  }

  /**
   * Returns the error function: by a series where the series converges fast, otherwise by the
   * normal distribution's tail.
   */
  private static double erf(double x) {
    if (Math.abs(x) > 1) {
      return Math.signum(x) * (1 - 2 * NormalDistribution.below(-Math.abs(x) * Math.sqrt(2)));
    }
    double sum = 0;
    double term = x;
    for (int n = 0; n < 25; n++) {
      sum += term / (2 * n + 1);
      term *= -x * x / (n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
}

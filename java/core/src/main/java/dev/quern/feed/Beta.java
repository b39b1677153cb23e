package dev.quern.feed;

import dev.quern.data.RandomNumbers;

/**
 * Draws from beta distributions with StrictMath, so that results are bit-identical on every
 * machine.
 */
final class Beta {
  private Beta() {}

  /**
   * Draws from Beta(alpha, alpha) as a / (a + b), where a and b are draws from Gamma(alpha). The
   * computation uses log a and log b, which do not underflow for small alpha.
   *
   * @return the draw, in [0, 1]
   */
  static double symmetric(double alpha, RandomNumbers random) {
    double a = logGamma(alpha, random);
    double b = logGamma(alpha, random);
    return a == b ? 0.5 : 1 / (1 + StrictMath.exp(b - a));
  }

  /**
   * Returns the logarithm of a draw from Gamma(alpha); for alpha below 1, a draw from Gamma(alpha +
   * 1) is multiplied by {@code u^(1 / alpha)} with uniform u.
   */
  private static double logGamma(double alpha, RandomNumbers random) {
    return alpha >= 1
        ? logGammaAbove1(alpha, random)
        : logGammaAbove1(alpha + 1, random) + logUniform(random) / alpha;
  }

  /**
   * Returns the logarithm of a draw from Gamma(alpha) for alpha of at least 1. Marsaglia and Tsang,
   * "A Simple Method for Generating Gamma Variables", 2000.
   */
  private static double logGammaAbove1(double alpha, RandomNumbers random) {
    double d = alpha - 1.0 / 3;
    double c = 1 / StrictMath.sqrt(9 * d);
    while (true) {
      double x = random.normal();
      double root = 1 + c * x;
      double v = root * root * root;
      if (v > 0) {
        double log = StrictMath.log(v);
        if (logUniform(random) < 0.5 * x * x + d - d * v + d * log) {
          return StrictMath.log(d) + log;
        }
      }
    }
  }

  private static double logUniform(RandomNumbers random) {
    return StrictMath.log(1 - random.uniform());
  }
}

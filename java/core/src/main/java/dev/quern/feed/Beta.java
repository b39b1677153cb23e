package dev.quern.feed;

import dev.quern.data.RandomNumbers;

/** Draws from beta distributions, with StrictMath: bit-identical on every machine. */
final class Beta {
  private Beta() {}

  /**
   * Draws from Beta(alpha, alpha) as a / (a + b) with two draws of Gamma(alpha), by their
   * logarithms, which do not underflow for small alpha.
   *
   * @return in [0, 1]
   */
  static double symmetric(double alpha, RandomNumbers random) {
    double a = logGamma(alpha, random);
    double b = logGamma(alpha, random);
    return a == b ? 0.5 : 1 / (1 + StrictMath.exp(b - a));
  }

  /** The logarithm of a draw; alpha below 1 is drawn as alpha + 1 times a power of a uniform. */
  private static double logGamma(double alpha, RandomNumbers random) {
    return alpha >= 1
        ? logGammaAbove1(alpha, random)
        : logGammaAbove1(alpha + 1, random) + logUniform(random) / alpha;
  }

  /** Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", 2000. */
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

package dev.quern.init;

/** How values of a wanted standard deviation spread around 0. */
public enum Distribution {
  UNIFORM,
  NORMAL;

  Init of(double std) {
    double bound = Math.sqrt(3) * std;
    return this == UNIFORM ? new Init.Uniform(-bound, bound) : new Init.Normal(0, std);
  }
}

package dev.quern.init;

/** Distribution of initial values with mean 0 and a given standard deviation. */
public enum Distribution {
  UNIFORM,
  NORMAL;

  Init of(double std) {
    double bound = Math.sqrt(3) * std;
    return this == UNIFORM ? new Init.Uniform(-bound, bound) : new Init.Normal(0, std);
  }
}

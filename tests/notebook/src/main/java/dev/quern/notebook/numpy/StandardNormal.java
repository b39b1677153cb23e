package dev.quern.notebook.numpy;

/**
 * Standard normal numbers, each a function of seed and position alone: SplitMix64's mixing of a
 * counter (Steele, Lea and Flood, 2014) gives uniform numbers, and Box and Muller's transform makes
 * two of them one normal. Strict arithmetic, so that every Java platform draws the same.
 */
final class StandardNormal {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private final long seed;
  private long counter;

  StandardNormal(long seed) {
    this.seed = mix(seed);
  }

  double next() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(uniform()));
    return radius * StrictMath.cos(2 * Math.PI * uniform());
  }

  /** In (0, 1], so that its logarithm is finite. */
  private double uniform() {
    long bits = mix(seed + GAMMA * ++counter);
    return ((bits >>> 11) + 1) * 0x1p-53;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}

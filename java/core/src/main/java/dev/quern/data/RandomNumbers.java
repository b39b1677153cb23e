package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Philox;
import dev.quern.internal.Philox.Stream;

/**
 * A random number generator whose sequence depends only on a seed and two keys, such as the numbers
 * of an epoch and an image. Random decisions are therefore identical for any number of threads and
 * in a resumed run. Not thread-safe.
 */
public final class RandomNumbers {
  /** Maximum number of draws for one pair of keys. */
  private static final long MOST = 1L << 32;

  private final long seed;
  private final int first;
  private final long begin;
  private long drawn;

  private RandomNumbers(long seed, int first, int second) {
    this.seed = seed;
    this.first = first;
    begin = (second & 0xFFFFFFFFL) << 32;
  }

  /** Creates a generator for a seed and two keys. */
  public static RandomNumbers of(long seed, int first, int second) {
    return new RandomNumbers(seed, first, second);
  }

  /** Returns 64 random bits. */
  public long bits() {
    if (drawn == MOST) {
      throw new InvalidArgumentException(
          "random numbers: more than 2^32 numbers were drawn for one pair of keys");
    }
    return Philox.bits(seed, Stream.CUSTOM, first, begin + drawn++);
  }

  /** Returns a uniformly distributed number in [0, 1), a multiple of 2^-53. */
  public double uniform() {
    return (bits() >>> 11) * 0x1p-53;
  }

  /**
   * Returns a uniformly distributed number in [low, high).
   *
   * @throws InvalidArgumentException if a bound is not finite, or low is greater than high
   */
  public double uniform(double low, double high) {
    if (!(low <= high) || !Double.isFinite(high - low)) {
      throw new InvalidArgumentException(
          "random numbers: range from " + low + " to " + high + " must be finite and ascending");
    }
    double drawn = low + (high - low) * uniform(); // which may round up
    return low < high ? Math.min(drawn, Math.nextDown(high)) : drawn;
  }

  /**
   * Returns a uniformly distributed integer from 0 (inclusive) to {@code bound} (exclusive).
   *
   * @throws InvalidArgumentException if the bound is less than 1
   */
  public int below(int bound) {
    if (bound < 1) {
      throw new InvalidArgumentException("random numbers: bound " + bound + " must be at least 1");
    }
    return (int) (((bits() >>> 32) * bound) >>> 32); // the bias is below 2^-32 bound
  }

  /** Returns true with the given probability, otherwise false. */
  public boolean chance(double probability) {
    return uniform() < probability;
  }

  /**
   * Returns a number with standard normal distribution, by the Box-Muller transform of two uniform
   * numbers.
   */
  public double normal() {
    double u = 1 - uniform(); // in (0, 1]
    return StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * uniform());
  }
}

package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Philox;
import dev.quern.internal.Philox.Stream;

/**
 * Random numbers that depend on nothing but a seed and two keys, such as an epoch and an image: the
 * same for any number of threads, and when a run is resumed. Each call draws the next. Not
 * thread-safe.
 */
public final class RandomNumbers {
  /** Numbers under one pair of keys; far beyond any use. */
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

  /** Numbers under two keys. */
  public static RandomNumbers of(long seed, int first, int second) {
    return new RandomNumbers(seed, first, second);
  }

  /** 64 random bits. */
  public long bits() {
    if (drawn == MOST) {
      throw new InvalidArgumentException("random numbers: more than 2^32 are drawn under one key");
    }
    return Philox.bits(seed, Stream.CUSTOM, first, begin + drawn++);
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  public double uniform() {
    return (bits() >>> 11) * 0x1p-53;
  }

  /**
   * Uniform in [low, high).
   *
   * @throws InvalidArgumentException if these are not finite, or low is above high
   */
  public double uniform(double low, double high) {
    if (!(low <= high) || !Double.isFinite(high - low)) {
      throw new InvalidArgumentException(
          "random numbers: from " + low + " to " + high + " is not a finite range");
    }
    double drawn = low + (high - low) * uniform(); // which may round up
    return low < high ? Math.min(drawn, Math.nextDown(high)) : drawn;
  }

  /**
   * Returns an integer of at least 0 and below {@code bound}.
   *
   * @throws InvalidArgumentException if the bound is below 1
   */
  public int below(int bound) {
    if (bound < 1) {
      throw new InvalidArgumentException("random numbers: bound " + bound + " must be at least 1");
    }
    return (int) (((bits() >>> 32) * bound) >>> 32); // the bias is below 2^-32 bound
  }

  /** True with this probability. */
  public boolean chance(double probability) {
    return uniform() < probability;
  }

  /** Standard normal, by Box and Muller; takes two draws. */
  public double normal() {
    double u = 1 - uniform(); // in (0, 1]
    return StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * uniform());
  }
}

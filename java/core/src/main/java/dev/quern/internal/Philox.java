package dev.quern.internal;

import dev.quern.internal.arguments.Heap;

/**
 * Philox4x32-10, a counter-based random number generator. Every number is a pure function of seed,
 * stream and index, so that results do not depend on threads or on the epoch at which a run
 * resumes. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011. Thread-safe.
 */
public final class Philox {
  /** Purpose of random numbers; each purpose has a separate stream. */
  public enum Stream {
    INITIALIZE,
    SHUFFLE,
    SYNTHETIC,
    DROPOUT,
    AUGMENT,
    CUSTOM
  }

  private static final int M0 = 0xD2511F53;
  private static final int M1 = 0xCD9E8D57;
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;

  private Philox() {}

  /**
   * Returns 64 random bits.
   *
   * @param part subdivision of the stream, such as the index of a parameter, epoch or layer
   */
  public static long bits(long seed, Stream stream, int part, long index) {
    int c0 = (int) index;
    int c1 = (int) (index >>> 32);
    int c2 = part;
    int c3 = stream.ordinal();
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < 10; round++) {
      long p0 = (M0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long p1 = (M1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      int n0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      int n2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c0 = n0;
      c1 = (int) p1;
      c2 = n2;
      c3 = (int) p0;
      k0 += W0;
      k1 += W1;
    }
    return (c0 & 0xFFFFFFFFL) | ((long) c1 << 32);
  }

  /** Returns a uniform random number in [0, 1), a multiple of 2^-24. */
  public static float uniform(long seed, Stream stream, int part, long index) {
    return (bits(seed, stream, part, index) >>> 40) * 0x1p-24f;
  }

  /** Returns a standard normal random number by the Box-Muller method, computed with StrictMath. */
  public static float normal(long seed, Stream stream, int part, long index) {
    long b = bits(seed, stream, part, index);
    double u = ((b >>> 32) + 1) * 0x1p-32; // in (0, 1]
    double v = (b & 0xFFFFFFFFL) * 0x1p-32;
    return (float) (StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * v));
  }

  /** Returns a random permutation of 0 to n - 1 (Fisher-Yates shuffle). */
  public static int[] permutation(long seed, int part, int n) {
    int[] order = Heap.ints("permutation", n);
    for (int i = 0; i < n; i++) {
      // 32 bits times i + 1: the bias is below 2^-32 (i + 1)
      int j = (int) (((bits(seed, Stream.SHUFFLE, part, i) >>> 32) * (i + 1)) >>> 32);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}

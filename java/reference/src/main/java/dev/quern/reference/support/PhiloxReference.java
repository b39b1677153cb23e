package dev.quern.reference.support;

/**
 * Reference implementation of the random generator Philox4x32-10: Salmon et al., "Parallel random
 * numbers: as easy as 1, 2, 3", 2011.
 */
public final class PhiloxReference {
  private static final long WORD = 0xFFFFFFFFL;

  private PhiloxReference() {}

  /** Returns the four random words for a key and a counter, each from 0 to 2^32 - 1. */
  public static long[] words(long key, long c0, long c1, long c2, long c3) {
    long[] c = {c0 & WORD, c1 & WORD, c2 & WORD, c3 & WORD};
    long k0 = key & WORD;
    long k1 = key >>> 32;
    for (int round = 0; round < 10; round++) {
      long p0 = 0xD2511F53L * c[0];
      long p1 = 0xCD9E8D57L * c[2];
      c = new long[] {(p1 >>> 32) ^ c[1] ^ k0, p1 & WORD, (p0 >>> 32) ^ c[3] ^ k1, p0 & WORD};
      k0 = (k0 + 0x9E3779B9L) & WORD;
      k1 = (k1 + 0xBB67AE85L) & WORD;
    }
    return c;
  }
}

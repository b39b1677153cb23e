package dev.quern.io.file;

/** Limits on the sizes that a file declares. */
public final class Sizes {
  /** Deflate's best: 258 bytes for two bits. No honest file claims more than this a byte. */
  public static final long DEFLATE_RATIO = 1032;

  private Sizes() {}

  /** The product, or -1 where a dimension is negative or the product exceeds a long. */
  public static long elements(int[] dims) {
    long n = 1;
    for (int d : dims) {
      if (d < 0 || d > 0 && n > Long.MAX_VALUE / d) {
        return -1;
      }
      n *= d;
    }
    return n;
  }
}

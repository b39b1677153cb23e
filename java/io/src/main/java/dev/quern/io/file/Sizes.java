package dev.quern.io.file;

/** Checks of the sizes that a file declares, before memory is allocated. */
public final class Sizes {
  /**
   * The maximum compression ratio of deflate, 258 bytes for two bits; a file that declares a higher
   * ratio is invalid.
   */
  public static final long DEFLATE_RATIO = 1032;

  private Sizes() {}

  /**
   * Returns the product of dimensions; -1 if a dimension is negative or the product exceeds a long.
   */
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

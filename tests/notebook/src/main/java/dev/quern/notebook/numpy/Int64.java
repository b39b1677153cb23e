package dev.quern.notebook.numpy;

/** NumPy's int64 where it differs from Java's long. Sums and products wrap modulo 2^64 in both. */
final class Int64 {
  private static final double TWO_TO_63 = 0x1p63;

  private Int64() {}

  /**
   * The integer that an x86 processor makes of a double: cut off towards zero, and -2^63 for NaN
   * and for everything outside the range of int64. (Java's cast gives 0 for NaN and the nearest
   * integer in range.)
   */
  static long ofDouble(double value) {
    boolean inRange = value >= -TWO_TO_63 && value < TWO_TO_63;
    return inRange ? (long) value : Long.MIN_VALUE;
  }
}

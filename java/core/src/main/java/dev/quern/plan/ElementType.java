package dev.quern.plan;

import dev.quern.layer.FakeQuantize;

/**
 * What an element is: a float, or a byte q that stands for {@code (q - zero) * scale}.
 *
 * @param low the least byte that there is
 * @param high the largest
 */
record ElementType(int bytes, float scale, int zero, int low, int high) {
  static final ElementType F32 = new ElementType(Float.BYTES, 1, 0, 0, 0);

  private static final int STEPS = 255;

  /** Whether a quantised value fits a byte. */
  static boolean fits(FakeQuantize q) {
    return (long) q.quantMax() - q.quantMin() <= STEPS;
  }

  /** Bytes count from the least quantised value on. */
  static ElementType of(FakeQuantize q) {
    return new ElementType(
        1, q.scale(), q.zeroPoint() - q.quantMin(), 0, q.quantMax() - q.quantMin());
  }

  boolean isByte() {
    return bytes == 1;
  }
}

package dev.quern.image.decode;

/**
 * Conversion of YCbCr to RGB, in the integer arithmetic of libjpeg. Tables of the products and of
 * the clamped values take 0.7 times as long as multiplication and comparison.
 */
final class Ycc {
  private static final int BITS = 16;
  private static final int HALF = 1 << BITS - 1;

  /** Offset of the clamping table: sums are from -227 to 480. */
  private static final int BELOW = 256;

  private static final byte[] CLAMPED = new byte[BELOW + 512];
  private static final int[] RED = new int[256];
  private static final int[] GREEN_CB = new int[256];
  private static final int[] GREEN_CR = new int[256];
  private static final int[] BLUE = new int[256];

  static {
    for (int i = 0; i < CLAMPED.length; i++) {
      CLAMPED[i] = (byte) Math.max(0, Math.min(255, i - BELOW));
    }
    for (int i = 0; i < 256; i++) {
      int c = i - 128;
      RED[i] = BELOW + (91881 * c + HALF >> BITS);
      GREEN_CB[i] = -22554 * c + HALF + (BELOW << BITS);
      GREEN_CR[i] = -46802 * c;
      BLUE[i] = BELOW + (116130 * c + HALF >> BITS);
    }
  }

  private Ycc() {}

  static byte red(int y, int cr) {
    return CLAMPED[y + RED[cr]];
  }

  static byte green(int y, int cb, int cr) {
    return CLAMPED[y + (GREEN_CB[cb] + GREEN_CR[cr] >> BITS)];
  }

  static byte blue(int y, int cb) {
    return CLAMPED[y + BLUE[cb]];
  }
}

package dev.quern.image.decode;

/**
 * The conversion of YCbCr to RGB, in the integer arithmetic of libjpeg. It uses lookup tables for
 * the products and for clamping, which need 0.7 times the time of multiplications and comparisons.
 */
final class Ycc {
  private static final int BITS = 16;
  private static final int HALF = 1 << BITS - 1;

  /** The offset of the clamping table, whose inputs are sums from -227 to 480. */
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

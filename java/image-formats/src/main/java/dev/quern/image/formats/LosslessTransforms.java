package dev.quern.image.formats;

import java.io.IOException;

/**
 * Checks the transforms of a lossless WebP image. The format has four transforms, each of which may
 * occur once. The plug-in accepts any number of transforms, which may be as short as three bits,
 * and makes a pass over all pixels for each transform.
 */
final class LosslessTransforms {
  private static final int COLOR = 1;
  private static final int GREEN = 2;
  private static final int LITERALS = 256;
  private static final int LENGTHS = 24;
  private static final int DISTANCES = 40;
  private static final int MOST_CACHE = 11;

  private final LosslessBits bits;

  private LosslessTransforms(LosslessBits bits) {
    this.bits = bits;
  }

  /**
   * Checks that each transform occurs at most once.
   *
   * @param from the byte position after width and height
   * @throws IOException if a transform occurs twice, or the file is corrupt before its pixels
   */
  static void requireOnce(byte[] encoded, int from, int to, int width, int height)
      throws IOException {
    new LosslessTransforms(new LosslessBits(encoded, from, to)).requireOnce(width, height);
  }

  private void requireOnce(int width, int height) throws IOException {
    int seen = 0;
    int columns = width;
    while (bits.take(1) == 1) {
      int type = bits.take(2);
      if ((seen & 1 << type) != 0) {
        throw new IOException("a transform occurs twice");
      }
      seen |= 1 << type;
      if (type <= COLOR) {
        int size = bits.take(3) + 2;
        skip((long) parts(columns, size) * parts(height, size));
      } else if (type > GREEN) {
        int colors = bits.take(8) + 1;
        skip(colors);
        columns = parts(columns, colors > 16 ? 0 : colors > 4 ? 1 : colors > 2 ? 2 : 3);
      }
    }
  }

  private static int parts(int size, int bits) {
    return size + (1 << bits) - 1 >> bits;
  }

  /** Skips the small image that contains a transform's parameters. */
  private void skip(long pixels) throws IOException {
    int cache = bits.take(1) == 1 ? bits.take(4) : 0;
    if (cache > MOST_CACHE) {
      throw new IOException("the color cache has an invalid size, 2^" + cache);
    }
    LosslessBits.Code main = bits.new Code(LITERALS + LENGTHS + (cache > 0 ? 1 << cache : 0));
    LosslessBits.Code red = bits.new Code(LITERALS);
    LosslessBits.Code blue = bits.new Code(LITERALS);
    LosslessBits.Code alpha = bits.new Code(LITERALS);
    LosslessBits.Code distance = bits.new Code(DISTANCES);
    for (long left = pixels; left > 0; ) {
      int symbol = main.read();
      if (symbol >= LITERALS && symbol < LITERALS + LENGTHS) {
        left -= number(symbol - LITERALS);
        number(distance.read());
        continue;
      }
      if (symbol < LITERALS) {
        red.read();
        blue.read();
        alpha.read();
      }
      left--;
    }
  }

  private int number(int prefix) throws IOException {
    if (prefix >= DISTANCES) {
      throw new IOException("a back-reference has an invalid distance");
    }
    if (prefix < 4) {
      return prefix + 1;
    }
    int extra = prefix - 2 >> 1;
    return (2 + (prefix & 1) << extra) + bits.take(extra) + 1;
  }
}

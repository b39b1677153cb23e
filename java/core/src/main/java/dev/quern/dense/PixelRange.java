package dev.quern.dense;

import dev.quern.error.InvalidArgumentException;

/**
 * The values of black and white in a network's output.
 *
 * @param black the value that becomes 0
 * @param white the value that becomes 255
 */
record PixelRange(float black, float white) {
  private static final int MOST = 255;

  PixelRange {
    if (!Float.isFinite(black) || !Float.isFinite(white) || black == white) {
      throw new InvalidArgumentException(
          "tiles: the values of black, "
              + black
              + ", and white, "
              + white
              + ", must be finite and differ");
    }
  }

  /** Returns the nearest pixel of a value; values outside the range are clamped. */
  byte pixel(float value) {
    double part = ((double) value - black) / ((double) white - black);
    return (byte) (Math.max(0, Math.min(1, part)) * MOST + 0.5);
  }
}

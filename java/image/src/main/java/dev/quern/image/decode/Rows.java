package dev.quern.image.decode;

import dev.quern.data.ImageReading;

/** Iteration over an image's rows in pieces, so that wide rows need little memory. */
public final class Rows {
  /** Maximum number of pixels of a piece. */
  public static final int MOST = 4096;

  /** Number of pixels between two checks of the time. */
  private static final int LOOK = 1 << 16;

  private Rows() {}

  /** Processes a piece of a row. */
  public interface Piece {
    void at(int y, int x, int count);
  }

  /**
   * Processes all pieces, from the first row on, and stops with the exception that {@code reading}
   * throws.
   */
  public static void each(int height, int width, ImageReading reading, Piece piece) {
    int since = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x += MOST) {
        int count = Math.min(MOST, width - x);
        piece.at(y, x, count);
        since += count;
        if (since >= LOOK) {
          reading.check();
          since = 0;
        }
      }
    }
  }
}

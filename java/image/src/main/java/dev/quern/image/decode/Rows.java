package dev.quern.image.decode;

import dev.quern.data.ImageReading;

/** Goes over an image's rows in pieces, so that a wide row takes little memory. */
public final class Rows {
  /** Pixels of a piece. */
  public static final int MOST = 4096;

  /** Pixels between two looks at the time. */
  private static final int LOOK = 1 << 16;

  private Rows() {}

  /** Works on a piece of a row. */
  public interface Piece {
    void at(int y, int x, int count);
  }

  /** All of them, from the first row on; ends by what {@code reading} throws. */
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

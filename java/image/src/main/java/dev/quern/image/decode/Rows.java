package dev.quern.image.decode;

import dev.quern.data.ImageReading;

/** Iterates over an image's rows in pieces, so that wide rows need little memory. */
public final class Rows {
  /** The maximum number of pixels in a piece. */
  public static final int MOST = 4096;

  /** The number of pixels between two checks of the timeout. */
  private static final int LOOK = 1 << 16;

  private Rows() {}

  /** A function that processes {@code count} pixels of row {@code y} from column {@code x} on. */
  public interface Piece {
    void at(int y, int x, int count);
  }

  /**
   * Processes all pieces of an image in row-major order. Throws an exception if the timeout of
   * {@code reading} has expired.
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

package dev.quern.image.decode;

import dev.quern.data.Image;
import java.awt.image.Raster;
import java.io.IOException;

/**
 * A JPEG's samples as colours, in the integers of libjpeg and, for CMYK, of PIL. The JDK's own
 * conversion goes by profiles, guesses, and reads CMYK by version.
 */
final class JpegColors {
  private static final int BITS = 16;
  private static final int HALF = 1 << BITS - 1;

  private JpegColors() {}

  static Image image(Raster raster, JpegHeader header) throws IOException {
    int bands = raster.getNumBands();
    if (bands != 1 && bands != 3 && bands != 4 || header.components().length != bands) {
      throw new IOException(bands + " components are neither grey, colours nor CMYK");
    }
    Planes to = new Planes(bands == 1 ? 1 : 3, raster.getHeight(), raster.getWidth());
    boolean ycc = bands == 3 ? header.isYcc() : bands == 4 && header.isYcck();
    int[] row = null;
    for (int y = 0; y < raster.getHeight(); y++) {
      row = raster.getPixels(0, y, raster.getWidth(), 1, row);
      for (int x = 0; x < raster.getWidth(); x++) {
        int at = x * bands;
        if (bands == 1) {
          to.put(0, y, x, row[at]);
          continue;
        }
        int color = ycc ? rgb(row[at], row[at + 1], row[at + 2]) : packed(row, at);
        to.put(y, x, bands == 3 ? color : inks(color, row[at + 3], ycc, header.isInverted()));
      }
    }
    return to.image();
  }

  private static int packed(int[] row, int at) {
    return row[at] << 16 | row[at + 1] << 8 | row[at + 2];
  }

  /** Of YCbCr. */
  private static int rgb(int y, int cb, int cr) {
    int b = cb - 128;
    int r = cr - 128;
    return clamp(y + (91881 * r + HALF >> BITS)) << 16
        | clamp(y + (-22554 * b - 46802 * r + HALF >> BITS)) << 8
        | clamp(y + (116130 * b + HALF >> BITS));
  }

  private static int clamp(int value) {
    return Math.max(0, Math.min(255, value));
  }

  /**
   * @param color cyan, magenta and yellow, or what is left of white where they came of YCC
   * @param inverted whether 0 is full ink
   */
  private static int inks(int color, int black, boolean ycc, boolean inverted) {
    int ink = inverted == ycc ? color : ~color & 0xffffff;
    int white = inverted ? black : 255 - black;
    return Inks.rgb(ink, white);
  }
}

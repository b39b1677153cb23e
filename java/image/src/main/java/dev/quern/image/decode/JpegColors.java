package dev.quern.image.decode;

import dev.quern.data.ImageReading;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.IOException;

/**
 * The conversion of a JPEG's samples to gray or RGB, in the integer arithmetic of libjpeg and, for
 * CMYK, of PIL. The JDK's own conversion applies color profiles, guesses color spaces, and reads
 * CMYK differently in each version.
 */
final class JpegColors {
  private JpegColors() {}

  static Planes planes(Raster raster, JpegHeader header, ImageReading reading) throws IOException {
    int bands = raster.getNumBands();
    requireKnown(bands);
    if (header.components().length != bands || raster.getTransferType() != DataBuffer.TYPE_BYTE) {
      throw new IOException("its header does not match its pixels");
    }
    int width = raster.getWidth();
    Planes to = new Planes(bands == 1 ? 1 : 3, raster.getHeight(), width);
    byte[] samples = new byte[bands * Math.min(width, Rows.MOST)];
    Rows.each(
        raster.getHeight(),
        width,
        reading,
        (y, x, count) -> {
          raster.getDataElements(x, y, count, 1, samples);
          int at = y * width + x;
          if (bands == 1) {
            to.fill(at, samples, count);
          } else if (bands == 3) {
            colors(samples, count, header.isYcc(), at, to);
          } else {
            inks(samples, count, header, at, to);
          }
        });
    return to;
  }

  static void requireKnown(int components) throws IOException {
    if (components != 1 && components != 3 && components != 4) {
      throw new IOException(components + " color components are not supported, expected 1, 3 or 4");
    }
  }

  private static void colors(byte[] samples, int count, boolean ycc, int at, Planes to) {
    for (int i = 0; i < count; i++) {
      byte first = samples[3 * i];
      byte second = samples[3 * i + 1];
      byte third = samples[3 * i + 2];
      if (ycc) {
        int y = first & 0xff;
        int cb = second & 0xff;
        int cr = third & 0xff;
        to.put(at + i, Ycc.red(y, cr), Ycc.green(y, cb, cr), Ycc.blue(y, cb));
      } else {
        to.put(at + i, first, second, third);
      }
    }
  }

  private static void inks(byte[] samples, int count, JpegHeader header, int at, Planes to) {
    boolean ycck = header.isYcck();
    for (int i = 0; i < count; i++) {
      int first = samples[4 * i] & 0xff;
      int second = samples[4 * i + 1] & 0xff;
      int third = samples[4 * i + 2] & 0xff;
      int color =
          ycck
              ? packed(
                  Ycc.red(first, third), Ycc.green(first, second, third), Ycc.blue(first, second))
              : first << 16 | second << 8 | third;
      int rgb = inks(color, samples[4 * i + 3] & 0xff, ycck, header.isInverted());
      to.put(at + i, (byte) (rgb >> 16), (byte) (rgb >> 8), (byte) rgb);
    }
  }

  private static int packed(byte red, byte green, byte blue) {
    return (red & 0xff) << 16 | (green & 0xff) << 8 | blue & 0xff;
  }

  /**
   * Converts the CMYK inks of a pixel to RGB.
   *
   * @param color cyan, magenta and yellow, or their complement if converted from YCC
   * @param inverted whether a sample of 0 means full ink
   */
  private static int inks(int color, int black, boolean ycc, boolean inverted) {
    int ink = inverted == ycc ? color : ~color & 0xffffff;
    int white = inverted ? black : 255 - black;
    return Inks.rgb(ink, white);
  }
}

package dev.quern.image.decode;

import dev.quern.data.Image;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.IOException;

/**
 * A JPEG's samples as colours, in the integers of libjpeg and, for CMYK, of PIL. The JDK's own
 * conversion goes by profiles, guesses, and reads CMYK by version.
 */
final class JpegColors {
  private JpegColors() {}

  static Image image(Raster raster, JpegHeader header) throws IOException {
    int bands = raster.getNumBands();
    if (bands != 1 && bands != 3 && bands != 4 || header.components().length != bands) {
      throw new IOException(bands + " components are neither grey, colours nor CMYK");
    }
    if (raster.getHeight() * (long) raster.getWidth() > Integer.MAX_VALUE / bands
        || raster.getTransferType() != DataBuffer.TYPE_BYTE) {
      throw new IOException("more than an array holds, or no bytes");
    }
    byte[] samples = new byte[bands * raster.getHeight() * raster.getWidth()];
    raster.getDataElements(0, 0, raster.getWidth(), raster.getHeight(), samples);
    Planes to = new Planes(bands == 1 ? 1 : 3, raster.getHeight(), raster.getWidth());
    if (bands == 1) {
      to.fill(samples);
    } else if (bands == 3) {
      colors(samples, header.isYcc(), to);
    } else {
      inks(samples, header.isYcck(), header.isInverted(), to);
    }
    return to.image();
  }

  private static void colors(byte[] samples, boolean ycc, Planes to) {
    for (int i = 0; i < samples.length / 3; i++) {
      byte first = samples[3 * i];
      byte second = samples[3 * i + 1];
      byte third = samples[3 * i + 2];
      if (ycc) {
        int y = first & 0xff;
        int cb = second & 0xff;
        int cr = third & 0xff;
        to.put(i, Ycc.red(y, cr), Ycc.green(y, cb, cr), Ycc.blue(y, cb));
      } else {
        to.put(i, first, second, third);
      }
    }
  }

  private static void inks(byte[] samples, boolean ycck, boolean inverted, Planes to) {
    for (int i = 0; i < samples.length / 4; i++) {
      int first = samples[4 * i] & 0xff;
      int second = samples[4 * i + 1] & 0xff;
      int third = samples[4 * i + 2] & 0xff;
      int color =
          ycck
              ? packed(
                  Ycc.red(first, third), Ycc.green(first, second, third), Ycc.blue(first, second))
              : first << 16 | second << 8 | third;
      int rgb = inks(color, samples[4 * i + 3] & 0xff, ycck, inverted);
      to.put(i, (byte) (rgb >> 16), (byte) (rgb >> 8), (byte) rgb);
    }
  }

  private static int packed(byte red, byte green, byte blue) {
    return (red & 0xff) << 16 | (green & 0xff) << 8 | blue & 0xff;
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

package dev.quern.image.decode;

import dev.quern.data.Image;
import dev.quern.data.ImageLimits;
import dev.quern.data.ImageReading;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.QuernException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/** The conversions between java.awt's images and {@link Image}. */
public final class Pixels {
  private static final int MOST_BITS = 16;

  private Pixels() {}

  /** Implements {@link dev.quern.image.Images#of}. */
  public static Image of(BufferedImage image) {
    try {
      return planes(image, ImageReading.within(ImageLimits.standard())).image();
    } catch (QuernException e) {
      throw e;
    } catch (RuntimeException e) { // thrown by the caller's class, or by a color profile
      InvalidArgumentException failed =
          new InvalidArgumentException("image: cannot read the BufferedImage: " + e.getMessage());
      failed.initCause(e);
      throw failed;
    } catch (OutOfMemoryError e) {
      throw new MemoryLimitException("image: its pixels do not fit in the JVM's heap (-Xmx)");
    }
  }

  /**
   * Converts the image of a file like {@link #of}; exceptions are reported as errors in the file.
   */
  public static Planes planes(BufferedImage image, ImageReading reading) {
    ColorModel colors = image.getColorModel();
    if (colors instanceof IndexColorModel palette) {
      return indexed(image.getRaster(), palette, reading);
    }
    int type = colors.getColorSpace().getType();
    boolean known = type == ColorSpace.TYPE_GRAY || type == ColorSpace.TYPE_RGB;
    return known && isWhole(colors)
        ? samples(image.getRaster(), colors, reading)
        : converted(image, reading);
  }

  /** Returns whether all samples are integers from 0 to 2^bits - 1. */
  private static boolean isWhole(ColorModel colors) {
    int type = colors.getTransferType();
    boolean whole =
        type == DataBuffer.TYPE_BYTE
            || type == DataBuffer.TYPE_USHORT
            || type == DataBuffer.TYPE_INT;
    for (int bits : colors.getComponentSize()) {
      whole &= bits >= 1 && bits <= MOST_BITS;
    }
    return whole;
  }

  private static Planes samples(Raster raster, ColorModel colors, ImageReading reading) {
    int channels = colors.getNumColorComponents();
    boolean alpha = colors.hasAlpha() && !colors.isAlphaPremultiplied();
    int[] most = new int[channels + 1];
    for (int c = 0; c < colors.getNumComponents(); c++) {
      most[c] = (1 << colors.getComponentSize(c)) - 1;
    }
    Planes to = new Planes(channels, raster.getHeight(), raster.getWidth());
    int bands = raster.getNumBands();
    int[] row = row(raster);
    Rows.each(
        raster.getHeight(),
        raster.getWidth(),
        reading,
        (y, x, count) -> {
          raster.getPixels(x, y, count, 1, row);
          for (int i = 0; i < count; i++) {
            int at = i * bands;
            int opacity = alpha ? eight(row[at + channels], most[channels]) : 255;
            for (int c = 0; c < channels; c++) {
              to.put(c, y, x + i, upon(eight(row[at + c], most[c]), opacity));
            }
          }
        });
    return to;
  }

  /** Returns an array for the samples of a piece of a row. */
  private static int[] row(Raster raster) {
    return new int[raster.getNumBands() * Math.min(raster.getWidth(), Rows.MOST)];
  }

  /** Scales a sample from [0, {@code most}] to 8 bits. */
  private static int eight(int sample, int most) {
    return most == 255 ? sample : (sample * 255 + most / 2) / most;
  }

  /** Blends a sample with black by its opacity, 0 to 255. */
  private static int upon(int sample, int opacity) {
    return opacity == 255 ? sample : (sample * opacity + 127) / 255;
  }

  /**
   * Returns the samples of a mask as stored; for a palette, the indices.
   *
   * @throws NoMaskException if a pixel has several samples, or a sample of more than 8 bits
   */
  static Planes numbers(BufferedImage image, ImageReading reading) throws NoMaskException {
    Raster raster = image.getRaster();
    int bits = raster.getSampleModel().getSampleSize(0);
    if (raster.getNumBands() != 1 || bits > 8) {
      throw new NoMaskException(
          "a mask must have one channel of at most 8 bits, found "
              + raster.getNumBands()
              + (raster.getNumBands() == 1 ? " channel of " : " channels of ")
              + bits);
    }
    Planes to = new Planes(1, raster.getHeight(), raster.getWidth());
    int[] row = row(raster);
    Rows.each(
        raster.getHeight(),
        raster.getWidth(),
        reading,
        (y, x, count) -> {
          raster.getPixels(x, y, count, 1, row);
          for (int i = 0; i < count; i++) {
            to.put(0, y, x + i, row[i]);
          }
        });
    return to;
  }

  private static Planes indexed(Raster raster, IndexColorModel palette, ImageReading reading) {
    int[] colors = new int[1 << palette.getPixelSize()]; // black if the palette is shorter
    boolean grey = true;
    for (int i = 0; i < palette.getMapSize(); i++) {
      colors[i] = upon(palette.getRGB(i));
      grey &= colors[i] == (colors[i] & 0xff) * 0x010101;
    }
    Planes to = new Planes(grey ? 1 : 3, raster.getHeight(), raster.getWidth());
    int[] row = row(raster);
    Rows.each(
        raster.getHeight(),
        raster.getWidth(),
        reading,
        (y, x, count) -> {
          raster.getPixels(x, y, count, 1, row);
          for (int i = 0; i < count; i++) {
            to.put(y, x + i, colors[row[i]]);
          }
        });
    return to;
  }

  private static int upon(int argb) {
    int opacity = argb >>> 24;
    return upon(argb >> 16 & 0xff, opacity) << 16
        | upon(argb >> 8 & 0xff, opacity) << 8
        | upon(argb & 0xff, opacity);
  }

  /** Converts an image of another color space or sample type to RGB. */
  private static Planes converted(BufferedImage image, ImageReading reading) {
    Planes to = new Planes(3, image.getHeight(), image.getWidth());
    int[] row = new int[Math.min(image.getWidth(), Rows.MOST)];
    Rows.each(
        image.getHeight(),
        image.getWidth(),
        reading,
        (y, x, count) -> {
          image.getRGB(x, y, count, 1, row, 0, count);
          for (int i = 0; i < count; i++) {
            to.put(y, x + i, upon(row[i]));
          }
        });
    return to;
  }

  /** Implements {@link dev.quern.image.Images#toBufferedImage}. */
  public static BufferedImage toBufferedImage(Image image) {
    boolean grey = image.channels() == 1;
    int type = grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
    BufferedImage made = new BufferedImage(image.width(), image.height(), type);
    WritableRaster raster = made.getRaster();
    byte[] pixels = image.pixels();
    int[] row = new int[image.width()];
    for (int i = 0; i < image.channels() * image.height(); i++) {
      for (int x = 0; x < row.length; x++) {
        row[x] = pixels[i * row.length + x] & 0xff;
      }
      raster.setSamples(0, i % image.height(), row.length, 1, i / image.height(), row);
    }
    return made;
  }
}

package dev.quern.image;

import dev.quern.data.Image;
import dev.quern.dense.AlphaMask;
import dev.quern.dense.DepthMap;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.ShapeException;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.util.function.Supplier;

/** Conversion of alpha masks and depth maps to java.awt's images. */
final class Maps {
  private static final int ALPHA = 3;
  private static final int MOST_8 = 255;
  private static final int MOST_16 = 65_535;

  private Maps() {}

  static BufferedImage cutout(Image image, AlphaMask mask) {
    int height = image.height();
    int width = image.width();
    if (mask.height() != height || mask.width() != width) {
      throw new ShapeException(
          "image: mask "
              + mask.height()
              + "x"
              + mask.width()
              + " must have the size of image "
              + image.shape());
    }
    if ((ALPHA + 1L) * height * width > Integer.MAX_VALUE - 8) {
      throw new InvalidArgumentException(
          "image: an RGBA image of " + height + "x" + width + " does not fit in a Java array");
    }
    return within(
        () -> {
          BufferedImage made = new BufferedImage(width, height, BufferedImage.TYPE_4BYTE_ABGR);
          WritableRaster raster = made.getRaster();
          int[] row = new int[(ALPHA + 1) * width];
          for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
              for (int c = 0; c < ALPHA; c++) {
                row[(ALPHA + 1) * x + c] = image.get(image.channels() == 1 ? 0 : c, y, x);
              }
              row[(ALPHA + 1) * x + ALPHA] = Math.round(MOST_8 * mask.at(y, x));
            }
            raster.setPixels(0, y, width, 1, row);
          }
          return made;
        });
  }

  static BufferedImage gray16(DepthMap depth) {
    DepthMap scaled = depth.normalized();
    int width = scaled.width();
    return within(
        () -> {
          BufferedImage made =
              new BufferedImage(width, scaled.height(), BufferedImage.TYPE_USHORT_GRAY);
          WritableRaster raster = made.getRaster();
          int[] row = new int[width];
          for (int y = 0; y < scaled.height(); y++) {
            for (int x = 0; x < width; x++) {
              row[x] = Math.round(MOST_16 * scaled.at(y, x));
            }
            raster.setPixels(0, y, width, 1, row);
          }
          return made;
        });
  }

  private static BufferedImage within(Supplier<BufferedImage> make) {
    try {
      return make.get();
    } catch (OutOfMemoryError e) {
      throw new MemoryLimitException("image: its pixels do not fit in the JVM's heap (-Xmx)");
    }
  }
}

package dev.quern.cli;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * An image's rows as values from 0 to 255, grey or red, green and blue, upon black where it is
 * transparent. Grey files keep their values: {@link BufferedImage#getRGB} would brighten them,
 * since Java takes grey for linear and RGB for sRGB.
 */
final class PixelRows {
  private static final int OPAQUE = 255;

  private final BufferedImage image;
  private final Raster raster;
  private final int channels;
  private final boolean grey;
  private final boolean alpha;
  private final float scale;
  private final int[] argb;

  /**
   * @param channels 1 or 3
   */
  PixelRows(BufferedImage image, int channels) {
    ColorModel colors = image.getColorModel();
    this.image = image;
    this.channels = channels;
    this.raster = image.getRaster();
    this.grey =
        colors.getColorSpace().getType() == ColorSpace.TYPE_GRAY
            && !(colors instanceof IndexColorModel);
    this.alpha = colors.hasAlpha();
    this.scale = 255f / ((1 << colors.getComponentSize(0)) - 1);
    this.argb = new int[image.getWidth()];
  }

  int width() {
    return image.getWidth();
  }

  int height() {
    return image.getHeight();
  }

  int channels() {
    return channels;
  }

  /** Writes row {@code y} to {@code to}, channel after channel, each {@link #width} values. */
  void read(int y, float[] to) {
    if (grey) {
      readGrey(y, to);
    } else {
      readColor(y, to);
    }
  }

  private void readGrey(int y, float[] to) {
    int width = width();
    for (int x = 0; x < width; x++) {
      float v = raster.getSample(x, y, 0) * scale;
      if (alpha) {
        v *= raster.getSample(x, y, 1) * scale / OPAQUE;
      }
      for (int c = 0; c < channels; c++) {
        to[c * width + x] = v;
      }
    }
  }

  private void readColor(int y, float[] to) {
    int width = width();
    image.getRGB(0, y, width, 1, argb, 0, width);
    for (int x = 0; x < width; x++) {
      int p = argb[x];
      float opacity = (p >>> 24) / (float) OPAQUE;
      float red = (p >> 16 & 0xff) * opacity;
      float green = (p >> 8 & 0xff) * opacity;
      float blue = (p & 0xff) * opacity;
      if (channels == 1) {
        to[x] = 0.299f * red + 0.587f * green + 0.114f * blue; // ITU-R BT.601, as usual for grey
      } else {
        to[x] = red;
        to[width + x] = green;
        to[2 * width + x] = blue;
      }
    }
  }
}

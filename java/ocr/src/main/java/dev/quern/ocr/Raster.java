package dev.quern.ocr;

import dev.quern.data.Image;
import dev.quern.internal.arguments.Heap;

/**
 * The pixels of an image or of a part of an image.
 *
 * @param channels 1 for gray, 3 for RGB
 * @param pixels unsigned bytes in C, H, W order
 */
record Raster(int channels, int height, int width, byte[] pixels) {
  /** Parameter of the bicubic kernel (Keys 1981), with OpenCV's value. */
  private static final double SHARPNESS = -0.75;

  private static final int TAPS = 4;

  static Raster of(Image image) {
    return new Raster(image.channels(), image.height(), image.width(), image.pixels());
  }

  /** Returns the width if the height is scaled to a number of pixels; rounded up. */
  int widthAt(int rows) {
    return (int) Math.min(Integer.MAX_VALUE, Math.ceil((double) rows * width / height));
  }

  /** Returns this image rotated by 180 degrees. */
  Raster upsideDown() {
    byte[] turned = Heap.bytes("ocr", pixels.length);
    int plane = height * width;
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < plane; i++) {
        turned[c * plane + i] = pixels[c * plane + plane - 1 - i];
      }
    }
    return new Raster(channels, height, width, turned);
  }

  /**
   * Returns the part of the image within four corners as an upright rectangle, by a perspective
   * transform and bicubic interpolation. Pixels outside the image have the color of the nearest
   * edge. A part that is at least 1.5 times as high as wide becomes horizontal by a rotation to the
   * left, as in PaddleOCR.
   */
  Raster part(Quadrilateral q) {
    Quadrilateral upright = q.height() >= 1.5 * q.width() ? q.turned() : q;
    int w = (int) Math.max(1, Math.round(upright.width()));
    int h = (int) Math.max(1, Math.round(upright.height()));
    byte[] to = Heap.bytes("ocr", Math.multiplyExact(channels, Math.multiplyExact(h, w)));
    Perspective map = Perspective.ontoCorners(upright);
    double[] across = new double[TAPS];
    double[] down = new double[TAPS];
    int[] columns = new int[TAPS];
    int[] rows = new int[TAPS];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        double u = (x + 0.5) / w;
        double v = (y + 0.5) / h;
        taps(map.x(u, v) - 0.5, width, columns, across);
        taps(map.y(u, v) - 0.5, height, rows, down);
        for (int c = 0; c < channels; c++) {
          to[(c * h + y) * w + x] = interpolated(c * height, rows, down, columns, across);
        }
      }
    }
    return new Raster(channels, h, w, to);
  }

  private byte interpolated(int top, int[] rows, double[] down, int[] columns, double[] across) {
    double sum = 0;
    for (int i = 0; i < TAPS; i++) {
      int row = (top + rows[i]) * width;
      double line = 0;
      for (int j = 0; j < TAPS; j++) {
        line += across[j] * (pixels[row + columns[j]] & 0xff);
      }
      sum += down[i] * line;
    }
    return (byte) Math.max(0, Math.min(255, Math.round(sum)));
  }

  /** Computes the pixels around a position, and their weights. */
  private static void taps(double at, int size, int[] pixels, double[] weights) {
    double inside = Math.max(-TAPS, Math.min(size + TAPS, at));
    int first = (int) Math.floor(inside) - 1;
    double t = inside - Math.floor(inside);
    for (int i = 0; i < TAPS; i++) {
      pixels[i] = Math.max(0, Math.min(size - 1, first + i));
      weights[i] = kernel(Math.abs(t + 1 - i));
    }
  }

  private static double kernel(double d) {
    double a = SHARPNESS;
    return d <= 1
        ? ((a + 2) * d - (a + 3)) * d * d + 1
        : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
  }
}

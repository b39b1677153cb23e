package dev.quern.ocr;

/**
 * The conversion of pixels to a network's input. The networks of PaddleOCR take the channels in the
 * order blue, green, red.
 *
 * @param mean the mean of each channel of the input, for pixels from 0 to 1
 * @param std the standard deviation of each channel
 */
record NetworkInput(double[] mean, double[] std) {
  static final int CHANNELS = 3;

  /** The detector's normalization: mean and deviation of ImageNet. */
  static final NetworkInput IMAGENET =
      new NetworkInput(new double[] {0.485, 0.456, 0.406}, new double[] {0.229, 0.224, 0.225});

  /** The normalization of the recognizer and the angle classifier: pixels from -1 to 1. */
  static final NetworkInput SIGNED =
      new NetworkInput(new double[] {0.5, 0.5, 0.5}, new double[] {0.5, 0.5, 0.5});

  /**
   * Writes an image into the left part of an input. The image is scaled by bilinear interpolation
   * without antialiasing, as OpenCV's {@code INTER_LINEAR}, with which these networks are trained.
   *
   * @param columns the width to which the image is scaled
   * @param to the input's values in N, C, H, W order
   * @param sample the index of the image in the batch
   * @param height the input's height, to which the image is scaled
   * @param width the input's width
   */
  void write(Raster image, int columns, float[] to, int sample, int height, int width) {
    int[] x0 = new int[columns];
    double[] tx = new double[columns];
    for (int x = 0; x < columns; x++) {
      double at = position(x, columns, image.width());
      x0[x] = (int) at;
      tx[x] = at - x0[x];
    }
    for (int c = 0; c < CHANNELS; c++) {
      int from = (image.channels() == 1 ? 0 : CHANNELS - 1 - c) * image.height();
      double scale = 1 / (255 * std[c]);
      double shift = -mean[c] / std[c];
      for (int y = 0; y < height; y++) {
        double at = position(y, height, image.height());
        int y0 = (int) at;
        double ty = at - y0;
        int upper = (from + y0) * image.width();
        int lower = (from + Math.min(image.height() - 1, y0 + 1)) * image.width();
        int out = ((sample * CHANNELS + c) * height + y) * width;
        for (int x = 0; x < columns; x++) {
          int right = Math.min(image.width() - 1, x0[x] + 1);
          double a = mixed(image.pixels(), upper + x0[x], upper + right, tx[x]);
          double b = mixed(image.pixels(), lower + x0[x], lower + right, tx[x]);
          to[out + x] = (float) ((a + ty * (b - a)) * scale + shift);
        }
      }
    }
  }

  /** Returns the position in the image of the center of an input's pixel, within the image. */
  private static double position(int at, int size, int of) {
    return Math.max(0, Math.min(of - 1, (at + 0.5) * of / size - 0.5));
  }

  private static double mixed(byte[] pixels, int left, int right, double t) {
    double a = pixels[left] & 0xff;
    return a + t * ((pixels[right] & 0xff) - a);
  }
}

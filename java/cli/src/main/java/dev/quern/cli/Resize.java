package dev.quern.cli;

/**
 * Bilinear resizing that widens its triangle with the scale when it makes an image smaller, so that
 * every pixel counts; at the same size nothing changes. Needs memory for a row and the result only.
 */
final class Resize {
  private Resize() {}

  /** One output position's share of the input: weights of {@code from}, {@code from + 1}, ... */
  private record Window(int from, float[] weights) {
    float at(int index) {
      int i = index - from;
      return i < 0 || i >= weights.length ? 0 : weights[i];
    }
  }

  /**
   * @return bytes in C, H, W order
   */
  static byte[] to(PixelRows rows, int height, int width) {
    Window[] across = windows(rows.width(), width);
    Window[] down = windows(rows.height(), height);
    int channels = rows.channels();
    float[] row = new float[channels * rows.width()];
    float[] narrow = new float[channels * width];
    float[] sums = new float[channels * height * width];
    for (int y = 0; y < rows.height(); y++) {
      rows.read(y, row);
      for (int c = 0; c < channels; c++) {
        for (int x = 0; x < width; x++) {
          narrow[c * width + x] = sum(across[x], row, c * rows.width());
        }
      }
      for (int to = 0; to < height; to++) {
        float weight = down[to].at(y);
        if (weight != 0) {
          add(weight, narrow, sums, to, height, width);
        }
      }
    }
    return bytes(sums);
  }

  private static Window[] windows(int from, int to) {
    Window[] windows = new Window[to];
    double scale = (double) from / to;
    double reach = Math.max(1, scale);
    for (int i = 0; i < to; i++) {
      double center = (i + 0.5) * scale;
      int first = Math.max(0, (int) Math.floor(center - reach));
      int end = Math.min(from, (int) Math.ceil(center + reach));
      windows[i] = new Window(first, weights(first, end, center, reach));
    }
    return windows;
  }

  private static float[] weights(int first, int end, double center, double reach) {
    double[] w = new double[end - first];
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      w[i] = Math.max(0, 1 - Math.abs(first + i + 0.5 - center) / reach);
      sum += w[i];
    }
    float[] weights = new float[w.length];
    for (int i = 0; i < w.length; i++) {
      weights[i] = (float) (w[i] / sum);
    }
    return weights;
  }

  private static float sum(Window w, float[] row, int at) {
    float sum = 0;
    for (int i = 0; i < w.weights.length; i++) {
      sum += w.weights[i] * row[at + w.from + i];
    }
    return sum;
  }

  private static void add(
      float weight, float[] narrow, float[] sums, int to, int height, int width) {
    int channels = narrow.length / width;
    for (int c = 0; c < channels; c++) {
      int at = (c * height + to) * width;
      for (int x = 0; x < width; x++) {
        sums[at + x] += weight * narrow[c * width + x];
      }
    }
  }

  private static byte[] bytes(float[] values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) Math.round(Math.max(0, Math.min(255, values[i])));
    }
    return bytes;
  }
}

package dev.quern.data;

import dev.quern.internal.arguments.Heap;
import dev.quern.tensor.Shape;

/**
 * Bilinear resizing with antialiasing: for downscaling, the triangle filter widens with the scale,
 * so that every pixel contributes. At scale 1, pixels are unchanged. Needs memory for one row and
 * the result only.
 */
final class Resize {
  private static final String OP = "preprocessing";

  private Resize() {}

  /** The weights of the inputs {@code from}, {@code from + 1}, ... for one output position. */
  private record Window(int from, float[] weights) {
    static final Window NONE = new Window(0, new float[0]);

    int end() {
      return from + weights.length;
    }

    /**
     * Returns whether this window starts at or before the index, or is empty. If not, all later
     * windows start after the index as well.
     */
    boolean isBegun(int index) {
      return weights.length == 0 || from <= index;
    }

    float at(int index) {
      int i = index - from;
      return i < 0 || i >= weights.length ? 0 : weights[i];
    }
  }

  /** Returns the image with these channels, scaled to its placement, with black borders. */
  static Image of(Image image, Preprocessing.Channels order, Placement placed) {
    boolean asItIs = order != Preprocessing.Channels.BGR && order.count() == image.channels();
    if (asItIs && placed.isWhole()) {
      return image;
    }
    int height = placed.down().to();
    int width = placed.across().to();
    int channels = order.count();
    Shape shape = Shape.of(channels, height, width);
    float[] sums = Heap.floats(OP, shape.elements());
    Window[] across = windows(placed.across());
    Window[] down = windows(placed.down());
    float[] row = Heap.floats(OP, (long) channels * image.width());
    float[] narrow = Heap.floats(OP, (long) channels * width);
    PixelRows rows = new PixelRows(image, order);
    int over = 0; // first output row that still needs input rows
    for (int y = 0; y < image.height(); y++) {
      boolean read = false;
      while (over < height && down[over].end() <= y) {
        over++;
      }
      for (int to = over; to < height && down[to].isBegun(y); to++) {
        float weight = down[to].at(y);
        if (weight != 0) {
          if (!read) {
            rows.read(y, row);
            narrow(row, narrow, across, channels);
            read = true;
          }
          add(weight, narrow, sums, to, height, width);
        }
      }
    }
    return Image.owning(shape, bytes(sums));
  }

  private static Window[] windows(Placement.Axis axis) {
    Window[] windows = new Window[axis.to()];
    double scale = (double) axis.from() / axis.scaled();
    double reach = Math.max(1, scale);
    for (int i = 0; i < windows.length; i++) {
      long at = i + axis.offset();
      if (at < 0 || at >= axis.scaled()) {
        windows[i] = Window.NONE;
        continue;
      }
      double center = (at + 0.5) * scale;
      int first = Math.max(0, (int) Math.floor(center - reach));
      int end = Math.min(axis.from(), (int) Math.ceil(center + reach));
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

  private static void narrow(float[] row, float[] narrow, Window[] across, int channels) {
    int from = row.length / channels;
    int to = across.length;
    for (int x = 0; x < to; x++) {
      Window w = across[x];
      if (channels == 3) {
        colors(w, row, from, narrow, x, to);
        continue;
      }
      for (int c = 0; c < channels; c++) {
        float sum = 0;
        for (int i = 0; i < w.weights.length; i++) {
          sum += w.weights[i] * row[c * from + w.from + i];
        }
        narrow[c * to + x] = sum;
      }
    }
  }

  /**
   * Computes three channels at once: three independent sums hide the latency of additions. The
   * order within each sum is unchanged.
   */
  private static void colors(Window w, float[] row, int from, float[] narrow, int x, int to) {
    float first = 0;
    float second = 0;
    float third = 0;
    for (int i = 0; i < w.weights.length; i++) {
      float weight = w.weights[i];
      int at = w.from + i;
      first += weight * row[at];
      second += weight * row[from + at];
      third += weight * row[2 * from + at];
    }
    narrow[x] = first;
    narrow[to + x] = second;
    narrow[2 * to + x] = third;
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
    byte[] bytes = Heap.bytes(OP, values.length);
    for (int i = 0; i < values.length; i++) {
      // exact in double, so equal to Math.round, but three times as fast
      bytes[i] = (byte) (Math.max(0, Math.min(255, values[i])) + 0.5);
    }
    return bytes;
  }
}

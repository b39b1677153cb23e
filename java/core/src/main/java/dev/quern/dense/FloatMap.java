package dev.quern.dense;

import dev.quern.data.Placement;
import dev.quern.error.NumericException;
import dev.quern.internal.arguments.Heap;
import java.util.function.DoubleUnaryOperator;

/**
 * A map of finite values, one for each of its pixels.
 *
 * @param op the name of the operation, for messages
 * @param values the values, row by row; not copied
 */
record FloatMap(String op, int height, int width, float[] values) {
  /** Returns this map after a check that all its values are finite. */
  FloatMap checked(String output) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new NumericException(
            op
                + ": output "
                + output
                + " has the value "
                + values[i]
                + " at row "
                + i / width
                + ", column "
                + i % width
                + "; all values must be finite");
      }
    }
    return this;
  }

  /** Returns the map with a function applied to each value. */
  FloatMap apply(DoubleUnaryOperator function) {
    float[] to = Heap.floats(op, values.length);
    for (int i = 0; i < to.length; i++) {
      to[i] = (float) function.applyAsDouble(values[i]);
    }
    return new FloatMap(op, height, width, to);
  }

  /** Returns the map scaled to [0, 1] by its minimum and maximum; 0 if they are equal. */
  FloatMap minMax() {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (float v : values) {
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    double from = min;
    double range = max - min; // of floats, so it does not overflow
    return apply(v -> range == 0 ? 0 : (v - from) / range);
  }

  /** Returns the part of the map that shows the image. */
  FloatMap visible(Placement placement) {
    MapAxis down = new MapAxis(placement.down(), height);
    MapAxis across = new MapAxis(placement.across(), width);
    if (down.count() == height && across.count() == width) {
      return this;
    }
    float[] to = Heap.floats(op, (long) down.count() * across.count());
    for (int y = 0; y < down.count(); y++) {
      int from = (down.first() + y) * width + across.first();
      System.arraycopy(values, from, to, y * across.count(), across.count());
    }
    return new FloatMap(op, down.count(), across.count(), to);
  }

  /**
   * Returns the map at each pixel of the image, by bilinear interpolation without antialiasing, as
   * PyTorch's {@code interpolate} with {@code align_corners=False}.
   *
   * @param placement the placement of the image in the network's input
   * @param mapHeight height of the whole map of the input, of which this is the visible part
   * @param mapWidth width of the whole map
   */
  FloatMap onImage(Placement placement, int mapHeight, int mapWidth) {
    MapAxis down = new MapAxis(placement.down(), mapHeight);
    MapAxis across = new MapAxis(placement.across(), mapWidth);
    int toHeight = placement.down().from();
    int toWidth = placement.across().from();
    int[] left = new int[toWidth];
    double[] fraction = new double[toWidth];
    for (int x = 0; x < toWidth; x++) {
      double at = across.position(x);
      left[x] = (int) at;
      fraction[x] = at - left[x];
    }
    float[] to = Heap.floats(op, (long) toHeight * toWidth);
    for (int y = 0; y < toHeight; y++) {
      double at = down.position(y);
      int top = (int) at;
      int above = top * width;
      int below = Math.min(height - 1, top + 1) * width;
      for (int x = 0; x < toWidth; x++) {
        int right = Math.min(width - 1, left[x] + 1);
        double a = between(values[above + left[x]], values[above + right], fraction[x]);
        double b = between(values[below + left[x]], values[below + right], fraction[x]);
        to[y * toWidth + x] = (float) between(a, b, at - top);
      }
    }
    return new FloatMap(op, toHeight, toWidth, to);
  }

  /** Interpolates so that the result between two equal numbers is that number. */
  private static double between(double a, double b, double fraction) {
    return a + fraction * (b - a);
  }
}

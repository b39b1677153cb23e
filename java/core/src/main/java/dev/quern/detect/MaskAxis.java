package dev.quern.detect;

import dev.quern.data.Placement;
import dev.quern.internal.arguments.Heap;

/**
 * The interpolation of a mask along one axis, from cells of the prototypes inside a box to pixels
 * of the image. Both steps, from cells to pixels of the network's input and from these to pixels of
 * the image, are bilinear, as in PyTorch's {@code interpolate} without aligned corners. Together
 * they make each pixel of the image a weighted sum of at most four cells.
 */
final class MaskAxis {
  /** Number of cells, with their weights, of each pixel. */
  static final int TAPS = 4;

  private final int cell;
  private final int cells;
  private final int first;
  private final int pixels;
  private final int[] index;
  private final double[] weights;

  /**
   * Computes the weights of an axis.
   *
   * @param placed the placement of the image in the network's input
   * @param count the number of cells, from one end of the input to the other
   * @param begin the box's first side in pixels of the input
   * @param end the box's other side
   */
  MaskAxis(Placement.Axis placed, int count, double begin, double end) {
    double size = (double) placed.to() / count;
    cell = limited(Math.ceil(begin / size), count);
    cells = Math.max(0, limited(Math.ceil(end / size), count) - cell);
    // cells reach one cell beyond the box, and pixels of the input one pixel
    first = limited(Math.floor(placed.toImage((cell - 1) * size - 1)), placed.from());
    int last = limited(Math.ceil(placed.toImage((cell + cells + 1) * size + 1)), placed.from());
    pixels = cells == 0 ? 0 : last - first;
    weights = Heap.doubles("detection: mask", (long) TAPS * pixels);
    index = Heap.ints("detection: mask", TAPS * pixels);
    for (int i = 0; i < pixels; i++) {
      double at = placed.toInput(first + i + 0.5);
      if (at >= 0 && at <= placed.to()) {
        double from = Math.max(0, Math.min(at - 0.5, placed.to() - 1.0));
        int pixel = (int) from;
        add(TAPS * i, pixel, 1 - (from - pixel), size, count);
        add(TAPS * i + 2, Math.min(pixel + 1, placed.to() - 1), from - pixel, size, count);
      }
    }
  }

  private static int limited(double at, int most) {
    return (int) Math.max(0, Math.min(at, most));
  }

  /** Adds the two cells of a pixel of the input; those outside the box have weight 0. */
  private void add(int tap, int pixel, double weight, double size, int count) {
    double from = Math.max(0, (pixel + 0.5) / size - 0.5);
    int low = Math.min((int) from, count - 1);
    set(tap, low, weight * (1 - (from - low)));
    set(tap + 1, Math.min(low + 1, count - 1), weight * (from - low));
  }

  private void set(int tap, int of, double weight) {
    if (of >= cell && of < cell + cells) {
      index[tap] = of - cell;
      weights[tap] = weight;
    }
  }

  /** Returns the first cell inside the box. */
  int cell() {
    return cell;
  }

  /** Returns the number of cells inside the box. */
  int cells() {
    return cells;
  }

  /** Returns the first pixel of the image that the box's cells may reach. */
  int first() {
    return first;
  }

  /** Returns the number of these pixels; 0 for a box without cells. */
  int pixels() {
    return pixels;
  }

  /** Returns the number of one of a pixel's cells, from the box's first cell on. */
  int cell(int pixel, int tap) {
    return index[TAPS * pixel + tap];
  }

  /** Returns the weight of one of a pixel's cells. */
  double weight(int pixel, int tap) {
    return weights[TAPS * pixel + tap];
  }
}

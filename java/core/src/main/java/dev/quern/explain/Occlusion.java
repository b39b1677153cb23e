package dev.quern.explain;

import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;
import java.util.Arrays;

/**
 * Computation of occlusion maps. Zeiler and Fergus, "Visualizing and Understanding Convolutional
 * Networks", 2014.
 */
final class Occlusion {
  private Occlusion() {}

  static HeatMap map(Gradients of, float[] sample, Shape shape, int output, int side, int step) {
    int height = (int) shape.dim(1);
    int width = (int) shape.dim(2);
    if (side < 1 || side > Math.min(height, width) || step < 1 || step > side) {
      throw new InvalidArgumentException(
          "explain: squares of side "
              + side
              + " with a step of "
              + step
              + " do not fit an image of "
              + height
              + " x "
              + width);
    }
    of.requireClass(output);
    float whole = of.classes(sample, shape)[output];
    double[] losses = new double[height * width];
    int[] counts = new int[height * width];
    for (int y : begins(height, side, step)) {
      for (int x : begins(width, side, step)) {
        float[] hidden = hidden(sample, shape, y, x, side);
        float loss = whole - of.classes(hidden, shape)[output];
        for (int p = 0; p < side * side; p++) {
          int at = (y + p / side) * width + x + p % side;
          losses[at] += loss;
          counts[at]++;
        }
      }
    }
    float[] means = new float[losses.length];
    for (int i = 0; i < means.length; i++) {
      means[i] = (float) (losses[i] / counts[i]);
    }
    return new HeatMap(height, width, means);
  }

  /** Returns the start of each square along one axis; the last square ends at the border. */
  private static int[] begins(int length, int side, int step) {
    int[] all = new int[(length - side + step - 1) / step + 1];
    for (int i = 0; i < all.length; i++) {
      all[i] = Math.min(i * step, length - side);
    }
    return all;
  }

  private static float[] hidden(float[] sample, Shape shape, int top, int left, int side) {
    int height = (int) shape.dim(1);
    int width = (int) shape.dim(2);
    float[] hidden = sample.clone();
    for (int c = 0; c < shape.dim(0); c++) {
      for (int y = top; y < top + side; y++) {
        int from = (c * height + y) * width + left;
        Arrays.fill(hidden, from, from + side, 0);
      }
    }
    return hidden;
  }
}

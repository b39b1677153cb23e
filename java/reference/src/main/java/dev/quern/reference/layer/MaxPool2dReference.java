package dev.quern.reference.layer;

import dev.quern.layer.MaxPool2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link MaxPool2d}: input {@code [N, C, H, W]}, output {@code [N, C,
 * H', W']}. As in PyTorch, padding is ignored; among equal maxima, the first in row order is
 * selected; and NaN counts as the maximum (among several NaNs, the last). A window that contains
 * only padding, which dilation makes possible, has the result minus infinity and the gradient 0.
 */
public final class MaxPool2dReference {
  /** Result of {@link #indices} for a window that contains only padding. */
  public static final int NONE = -1;

  private MaxPool2dReference() {}

  /** Returns the largest value of each window. */
  public static NdArray forward(MaxPool2d layer, NdArray input) {
    Require.present("max_pool2d", "layer, input", layer, input);
    int[] indices = indices(layer, input);
    NdArray output = new NdArray(Checks.batchOutput(layer, input.shape()));
    for (int o = 0; o < indices.length; o++) {
      output.set(
          o,
          indices[o] == NONE
              ? Double.NEGATIVE_INFINITY
              : input.get(inputOffset(input.shape(), output.shape(), o, indices[o])));
    }
    return output;
  }

  /**
   * Returns, for each output, the index {@code y * W + x}, in the input plane, of its window's
   * largest value; {@link #NONE} if the window contains only padding.
   */
  public static int[] indices(MaxPool2d layer, NdArray input) {
    Require.present("max_pool2d", "layer, input", layer, input);
    Shape output = Checks.batchOutput(layer, input.shape());
    int rows = (int) output.dim(2);
    int columns = (int) output.dim(3);
    int[] indices = new int[(int) output.elements()];
    for (int o = 0; o < indices.length; o++) {
      int plane = o / (rows * columns);
      indices[o] = winner(layer, input, plane, o / columns % rows, o % columns);
    }
    return indices;
  }

  private static int winner(MaxPool2d layer, NdArray input, int plane, int row, int column) {
    WindowAxis vertical =
        WindowAxis.vertical(
            input.dim(2), layer.kernel(), layer.stride(), layer.paddings(), layer.dilation());
    WindowAxis horizontal =
        WindowAxis.horizontal(
            input.dim(3), layer.kernel(), layer.stride(), layer.paddings(), layer.dilation());
    int start = plane * vertical.input() * horizontal.input();
    int best = NONE;
    for (int tapY = vertical.firstTap(row); tapY < vertical.endTap(row); tapY++) {
      int y = vertical.position(row, tapY);
      for (int tapX = horizontal.firstTap(column); tapX < horizontal.endTap(column); tapX++) {
        int candidate = y * horizontal.input() + horizontal.position(column, tapX);
        if (best == NONE || beats(input.get(start + candidate), input.get(start + best))) {
          best = candidate;
        }
      }
    }
    return best;
  }

  private static boolean beats(double candidate, double best) {
    return candidate > best || Double.isNaN(candidate);
  }

  /**
   * Returns the gradient with respect to the input: each output's gradient is added at the maximum
   * of its window.
   */
  public static NdArray backward(MaxPool2d layer, NdArray input, NdArray gradOutput) {
    Require.present("max_pool2d", "layer, input", layer, input);
    Checks.shape("max_pool2d", "grad_output", gradOutput, Checks.batchOutput(layer, input.shape()));
    int[] indices = indices(layer, input);
    NdArray gradInput = new NdArray(input.shape());
    for (int o = 0; o < indices.length; o++) {
      if (indices[o] != NONE) {
        gradInput.add(
            inputOffset(input.shape(), gradOutput.shape(), o, indices[o]), gradOutput.get(o));
      }
    }
    return gradInput;
  }

  /**
   * Converts an index in the input plane of output {@code o} to the row-major offset in the whole
   * input.
   */
  private static int inputOffset(Shape input, Shape output, int o, int index) {
    long plane = o / (output.dim(2) * output.dim(3));
    return (int) (plane * input.dim(2) * input.dim(3)) + index;
  }
}

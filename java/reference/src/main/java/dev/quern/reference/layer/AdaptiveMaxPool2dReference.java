package dev.quern.reference.layer;

import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link AdaptiveMaxPool2d}: input {@code [N, C, H, W]}, output {@code
 * [N, C, H', W']}. The windows are those of {@link AdaptiveAvgPool2dReference}. Among equal maxima,
 * the first in row order is selected; NaN counts as the maximum (among several NaNs, the last).
 */
public final class AdaptiveMaxPool2dReference {
  private AdaptiveMaxPool2dReference() {}

  /** Returns the largest value of each window. */
  public static NdArray forward(AdaptiveMaxPool2d layer, NdArray input) {
    Require.present("adaptive_max_pool2d", "layer, input", layer, input);
    int[] winners = winners(layer, input);
    NdArray output = new NdArray(Checks.batchOutput(layer, input.shape()));
    for (int o = 0; o < winners.length; o++) {
      output.set(o, input.get(winners[o]));
    }
    return output;
  }

  /**
   * Returns the gradient with respect to the input: each output's gradient is added at the maximum
   * of its window.
   */
  public static NdArray backward(AdaptiveMaxPool2d layer, NdArray input, NdArray gradOutput) {
    Require.present("adaptive_max_pool2d", "layer, input", layer, input);
    Shape out = Checks.batchOutput(layer, input.shape());
    Checks.shape("adaptive_max_pool2d", "grad_output", gradOutput, out);
    int[] winners = winners(layer, input);
    NdArray gradInput = new NdArray(input.shape());
    for (int o = 0; o < winners.length; o++) {
      gradInput.add(winners[o], gradOutput.get(o));
    }
    return gradInput;
  }

  /** Returns, for each output, the row-major offset in the input of its window's largest value. */
  private static int[] winners(AdaptiveMaxPool2d layer, NdArray input) {
    Shape out = Checks.batchOutput(layer, input.shape());
    int h = input.dim(2);
    int w = input.dim(3);
    int rows = (int) out.dim(2);
    int columns = (int) out.dim(3);
    int[] winners = new int[(int) out.elements()];
    for (int o = 0; o < winners.length; o++) {
      int plane = o / (rows * columns) * h * w;
      int row = o / columns % rows;
      int column = o % columns;
      int best = -1;
      for (int y = row * h / rows; y < ceil((row + 1) * h, rows); y++) {
        for (int x = column * w / columns; x < ceil((column + 1) * w, columns); x++) {
          int candidate = plane + y * w + x;
          if (best < 0 || beats(input.get(candidate), input.get(best))) {
            best = candidate;
          }
        }
      }
      winners[o] = best;
    }
    return winners;
  }

  private static int ceil(int a, int b) {
    return (a + b - 1) / b;
  }

  private static boolean beats(double candidate, double best) {
    return candidate > best || Double.isNaN(candidate);
  }
}

package dev.quern.reference.layer;

import dev.quern.layer.volume.MaxPool3d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.Arrays;

/**
 * Reference implementation of {@link MaxPool3d}: input {@code [N, C, D, H, W]}, output {@code [N,
 * C, D', H', W']}. Padding is ignored; among equal maxima, the first in row-major order is
 * selected; and NaN counts as the maximum. A window that contains only padding, which dilation
 * makes possible, has the result minus infinity and the gradient 0.
 */
public final class MaxPool3dReference {
  private static final int NONE = -1;

  private MaxPool3dReference() {}

  /** Returns the largest value of each window. */
  public static NdArray forward(MaxPool3d layer, NdArray input) {
    Require.present("max_pool3d", "layer, input", layer, input);
    NdArray output = new NdArray(Checks.batchOutput(layer, input.shape()));
    int[] indices = indices(layer, input);
    for (int o = 0; o < indices.length; o++) {
      output.set(o, indices[o] == NONE ? Double.NEGATIVE_INFINITY : input.get(indices[o]));
    }
    return output;
  }

  /** Returns the gradient with respect to the input. */
  public static NdArray backward(MaxPool3d layer, NdArray input, NdArray gradOutput) {
    Require.present("max_pool3d", "layer, input", layer, input);
    Checks.shape("max_pool3d", "grad_output", gradOutput, Checks.batchOutput(layer, input.shape()));
    NdArray gradInput = new NdArray(input.shape());
    int[] indices = indices(layer, input);
    for (int o = 0; o < indices.length; o++) {
      if (indices[o] != NONE) {
        gradInput.add(indices[o], gradOutput.get(o));
      }
    }
    return gradInput;
  }

  /** Returns the offset in the input of each output's maximum. */
  private static int[] indices(MaxPool3d layer, NdArray input) {
    Shape output = Checks.batchOutput(layer, input.shape());
    VolumeAxes axes =
        VolumeAxes.of(
            input.shape(),
            output,
            layer.kernel(),
            layer.stride(),
            layer.padding(),
            layer.dilation());
    int[] best = new int[(int) output.elements()];
    Arrays.fill(best, NONE);
    for (int volume = 0; volume < input.dim(0) * input.dim(1); volume++) {
      int from = volume * axes.inputs();
      int to = volume * axes.outputs();
      axes.forEach(
          (w, position, tap) -> {
            int so = best[to + w];
            if (so == NONE || beats(input.get(from + position), input.get(so))) {
              best[to + w] = from + position;
            }
          });
    }
    return best;
  }

  private static boolean beats(double candidate, double best) {
    return candidate > best || Double.isNaN(candidate);
  }
}

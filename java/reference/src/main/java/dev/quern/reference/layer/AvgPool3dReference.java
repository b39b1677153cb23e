package dev.quern.reference.layer;

import dev.quern.layer.volume.AvgPool3d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;

/**
 * Reference implementation of {@link AvgPool3d}: input {@code [N, C, D, H, W]}, output {@code [N,
 * C, D', H', W']}. The divisor is the number of the window's positions inside the padded input or,
 * if {@code countIncludePad} is false, inside the input. Positions beyond the padding, which ceil
 * mode makes possible, never count.
 */
public final class AvgPool3dReference {
  private AvgPool3dReference() {}

  /** Receives one term {@code output[o] += input[i] / divisor}. */
  private interface Term {
    void accept(int o, int i, double divisor);
  }

  /** Returns the mean of each window. */
  public static NdArray forward(AvgPool3d layer, NdArray input) {
    Require.present("avg_pool3d", "layer, input", layer, input);
    NdArray output = new NdArray(Checks.batchOutput(layer, input.shape()));
    forEach(layer, input.shape(), (o, i, divisor) -> output.add(o, input.get(i) / divisor));
    return output;
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(AvgPool3d layer, NdArray gradOutput, Shape inputShape) {
    Require.present("avg_pool3d", "layer, inputShape", layer, inputShape);
    Checks.shape("avg_pool3d", "grad_output", gradOutput, Checks.batchOutput(layer, inputShape));
    NdArray gradInput = new NdArray(inputShape);
    forEach(layer, inputShape, (o, i, divisor) -> gradInput.add(i, gradOutput.get(o) / divisor));
    return gradInput;
  }

  private static void forEach(AvgPool3d layer, Shape input, Term term) {
    Shape output = Checks.batchOutput(layer, input);
    VolumeAxes axes =
        VolumeAxes.of(input, output, layer.kernel(), layer.stride(), layer.padding(), Size3.of(1));
    int rows = (int) output.dim(3);
    int columns = (int) output.dim(4);
    for (int volume = 0; volume < input.dim(0) * input.dim(1); volume++) {
      int from = volume * axes.inputs();
      int to = volume * axes.outputs();
      axes.forEach(
          (w, position, tap) -> {
            double divisor =
                counted(axes.depth(), w / columns / rows, layer.countIncludePad())
                    * counted(axes.height(), w / columns % rows, layer.countIncludePad())
                    * counted(axes.width(), w % columns, layer.countIncludePad());
            term.accept(to + w, from + position, divisor);
          });
    }
  }

  /** Returns the number of a window's positions along an axis that count in the divisor. */
  private static double counted(WindowAxis axis, int window, boolean padding) {
    int count = 0;
    for (int tap = 0; tap < axis.kernel(); tap++) {
      long position = (long) window * axis.stride() - axis.padding() + tap;
      boolean inside = position >= 0 && position < axis.input();
      count += inside || padding && position < axis.input() + axis.paddingEnd() ? 1 : 0;
    }
    return count;
  }
}

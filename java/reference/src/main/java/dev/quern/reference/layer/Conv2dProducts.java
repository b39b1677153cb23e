package dev.quern.reference.layer;

import dev.quern.layer.Conv2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;

/**
 * All products {@code output[o] += input[i] * weight[w]} of a convolution, by row-major offsets.
 * Kernel positions on padding have no products.
 *
 * <p>The products are visited in runs with constant strides, along a row of the output or, if rows
 * are short, along the channels of the input.
 *
 * @param input {@code [N, C, H, W]}
 * @param weight {@code [O, C / groups, KH, KW]}
 * @param output {@code [N, O, H', W']}
 */
record Conv2dProducts(Conv2d layer, Shape input, Shape weight, Shape output) {
  /** Receives a run of {@code count} products; the first one has these offsets. */
  interface Run {
    void accept(int o, int i, int w, int count);
  }

  /** Distances between the offsets of consecutive products of a run. */
  record Steps(int output, int input, int weight) {}

  static Conv2dProducts of(Conv2d layer, Shape input) {
    Shape output = Checks.batchOutput(layer, input);
    return new Conv2dProducts(layer, input, layer.weightShape(input.dim(1)), output);
  }

  void checkWeight(NdArray array) {
    Checks.shape("conv2d", "weight", array, weight);
  }

  void checkGradOutput(NdArray array) {
    Checks.shape("conv2d", "grad_output", array, output);
  }

  private boolean alongChannels() {
    return weight.dim(1) > output.dim(3);
  }

  Steps steps() {
    return alongChannels()
        ? new Steps(0, (int) (input.dim(2) * input.dim(3)), (int) (weight.dim(2) * weight.dim(3)))
        : new Steps(1, layer.stride().width(), 0);
  }

  /** Visits all runs, in row-major order of the output's planes. */
  void forEachRun(Run run) {
    int channels = (int) weight.dim(1);
    int together = alongChannels() ? channels : 1;
    for (int n = 0; n < output.dim(0); n++) {
      for (int filter = 0; filter < layer.outChannels(); filter++) {
        int group = filter / (layer.outChannels() / layer.groups());
        for (int c = 0; c < channels; c += together) {
          int inputPlane = n * (int) input.dim(1) + group * channels + c;
          forEachTap(run, n * layer.outChannels() + filter, inputPlane, filter * channels + c);
        }
      }
    }
  }

  /** Visits all products of one output plane, from the given input and weight planes on. */
  private void forEachTap(Run run, int outputPlane, int inputPlane, int weightPlane) {
    WindowAxis vertical = vertical();
    WindowAxis horizontal = horizontal();
    int rows = (int) output.dim(2);
    int columns = (int) output.dim(3);
    for (int kernelRow = 0; kernelRow < vertical.kernel(); kernelRow++) {
      for (int kernelColumn = 0; kernelColumn < horizontal.kernel(); kernelColumn++) {
        int w = (weightPlane * vertical.kernel() + kernelRow) * horizontal.kernel() + kernelColumn;
        int first = horizontal.firstInside(kernelColumn);
        int count = horizontal.endInside(kernelColumn, columns) - first;
        for (int r = 0; count > 0 && r < rows; r++) {
          int y = vertical.position(r, kernelRow);
          if (y != WindowAxis.OUTSIDE) {
            int x = horizontal.position(first, kernelColumn);
            int i = (inputPlane * vertical.input() + y) * horizontal.input() + x;
            forRow(run, (outputPlane * rows + r) * columns + first, i, w, count);
          }
        }
      }
    }
  }

  /** Visits the products of {@code count} neighboring outputs of a row with one kernel element. */
  private void forRow(Run run, int o, int i, int w, int count) {
    if (alongChannels()) {
      for (int k = 0; k < count; k++) {
        run.accept(o + k, i + k * layer.stride().width(), w, (int) weight.dim(1));
      }
    } else {
      run.accept(o, i, w, count);
    }
  }

  private WindowAxis vertical() {
    return WindowAxis.vertical(
        input.dim(2), layer.kernel(), layer.stride(), layer.paddings(), layer.dilation());
  }

  private WindowAxis horizontal() {
    return WindowAxis.horizontal(
        input.dim(3), layer.kernel(), layer.stride(), layer.paddings(), layer.dilation());
  }
}

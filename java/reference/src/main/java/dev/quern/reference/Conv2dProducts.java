package dev.quern.reference;

import dev.quern.Shape;
import dev.quern.layer.Conv2d;

/**
 * Every product of a convolution. Offsets are row-major; taps that fall on padding take part in no
 * product.
 *
 * @param input {@code [N, C, H, W]}
 * @param weight {@code [O, C / groups, KH, KW]}
 * @param output {@code [N, O, H', W']}
 */
record Conv2dProducts(Conv2d layer, Shape input, Shape weight, Shape output) {
  /**
   * Takes the products of one weight along a row of the output: {@code output[o + k] += input[i + k
   * * stride] * weight[w]} for k from 0 to {@code count - 1}.
   */
  interface Row {
    void accept(int o, int i, int stride, int w, int count);
  }

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

  /** Visits plane by plane of the output in row-major order, and of one plane weight by weight. */
  void forEachRow(Row row) {
    int channels = (int) weight.dim(1);
    for (int n = 0; n < output.dim(0); n++) {
      for (int filter = 0; filter < layer.outChannels(); filter++) {
        int group = filter / (layer.outChannels() / layer.groups());
        for (int c = 0; c < channels; c++) {
          int inputPlane = n * (int) input.dim(1) + group * channels + c;
          forEachTap(row, n * layer.outChannels() + filter, inputPlane, filter * channels + c);
        }
      }
    }
  }

  /** All products of one plane of each of the three. */
  private void forEachTap(Row row, int outputPlane, int inputPlane, int weightPlane) {
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
            row.accept(
                (outputPlane * rows + r) * columns + first, i, horizontal.stride(), w, count);
          }
        }
      }
    }
  }

  private WindowAxis vertical() {
    return WindowAxis.vertical(
        input.dim(2), layer.kernel(), layer.stride(), layer.padding(), layer.dilation());
  }

  private WindowAxis horizontal() {
    return WindowAxis.horizontal(
        input.dim(3), layer.kernel(), layer.stride(), layer.padding(), layer.dilation());
  }
}

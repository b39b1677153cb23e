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
  /** Takes one product {@code output[o] += input[i] * weight[w]}. */
  interface Product {
    void accept(int o, int i, int w);
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

  /**
   * Visits output by output in row-major order, and the products of one output in the weight's
   * order.
   */
  void forEach(Product product) {
    int rows = (int) output.dim(2);
    int columns = (int) output.dim(3);
    int o = 0;
    for (int n = 0; n < output.dim(0); n++) {
      for (int filter = 0; filter < layer.outChannels(); filter++) {
        for (int row = 0; row < rows; row++) {
          for (int column = 0; column < columns; column++) {
            forEachTap(product, o++, n, filter, row, column);
          }
        }
      }
    }
  }

  private void forEachTap(Product product, int o, int n, int filter, int row, int column) {
    WindowAxis vertical = vertical();
    WindowAxis horizontal = horizontal();
    int channels = (int) weight.dim(1);
    int group = filter / (layer.outChannels() / layer.groups());
    for (int c = 0; c < channels; c++) {
      int plane = n * (int) input.dim(1) + group * channels + c;
      for (int kernelRow = 0; kernelRow < vertical.kernel(); kernelRow++) {
        int y = vertical.position(row, kernelRow);
        for (int kernelColumn = 0; kernelColumn < horizontal.kernel(); kernelColumn++) {
          int x = horizontal.position(column, kernelColumn);
          if (y != WindowAxis.OUTSIDE && x != WindowAxis.OUTSIDE) {
            int i = (plane * vertical.input() + y) * horizontal.input() + x;
            int w =
                ((filter * channels + c) * vertical.kernel() + kernelRow) * horizontal.kernel()
                    + kernelColumn;
            product.accept(o, i, w);
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

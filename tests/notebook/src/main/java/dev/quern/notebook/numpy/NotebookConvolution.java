package dev.quern.notebook.numpy;

import dev.quern.notebook.numpy.IntegerImages.Int64s;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import java.util.stream.IntStream;

/**
 * The notebook's {@code conv_forward} and {@code conv_backward}: one filter over all channels,
 * stride 1, no padding, with an int64 kernel {@code [C, size, size]}. Images (forward, data) and
 * weights (kernel) are spread over threads; each sum is in the notebook's order, image after image,
 * window after window.
 */
record NotebookConvolution(long[] kernel, int channels, int size) {

  /**
   * The int64 products of every window, summed modulo 2^64: {@code [N, 1, H - size + 1, W - size +
   * 1]}.
   */
  Int64s forward(IntegerImages input) {
    Int64s output =
        Int64s.zeros(input.count(), 1, input.height() - size + 1, input.width() - size + 1);
    IntStream.range(0, input.count()).parallel().forEach(n -> forward(input, n, output));
    return output;
  }

  private void forward(IntegerImages input, int n, Int64s output) {
    for (int row = 0; row < output.height(); row++) {
      for (int column = 0; column < output.width(); column++) {
        long sum = 0;
        int k = 0;
        for (int c = 0; c < channels; c++) {
          for (int y = row; y < row + size; y++) {
            int line = input.offset(n, c, y, column);
            for (int x = 0; x < size; x++) {
              sum += input.get(line + x) * kernel[k++];
            }
          }
        }
        output.values()[output.offset(n, 0, row, column)] = sum;
      }
    }
  }

  /**
   * What the notebook takes for the gradient of an input {@code [N, C, H, W]}. Every input channel
   * gets the kernel of channel 0: {@code W[C, :, :]} there is indexed by the output's only channel.
   *
   * @param gradOutput {@code [N, 1, H', W']}
   */
  NdArray backwardData(IntegerImages input, NdArray gradOutput) {
    NdArray gradInput = new NdArray(input.shape());
    IntStream.range(0, input.count())
        .parallel()
        .forEach(n -> backwardData(input, n, gradOutput, gradInput));
    return gradInput;
  }

  private void backwardData(IntegerImages input, int n, NdArray gradOutput, NdArray gradInput) {
    int rows = gradOutput.dim(2);
    int columns = gradOutput.dim(3);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        double gradient = gradOutput.get((n * rows + row) * columns + column);
        for (int call = 0; call < Vectorize.calls(n, row, column); call++) {
          addWindow(input, n, row, column, gradient, gradInput);
        }
      }
    }
  }

  private void addWindow(
      IntegerImages input, int n, int row, int column, double gradient, NdArray gradInput) {
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < size; y++) {
        int line = input.offset(n, c, row + y, column);
        for (int x = 0; x < size; x++) {
          gradInput.add(line + x, kernel[y * size + x] * gradient);
        }
      }
    }
  }

  /**
   * The gradient of the kernel {@code [C, size, size]}: a sum over the batch, not a mean.
   *
   * @param gradOutput {@code [N, 1, H', W']}
   */
  NdArray backwardKernel(IntegerImages input, NdArray gradOutput) {
    NdArray gradKernel = new NdArray(Shape.of(channels, size, size));
    IntStream.range(0, kernel.length)
        .parallel()
        .forEach(k -> gradKernel.set(k, backwardWeight(input, gradOutput, k)));
    return gradKernel;
  }

  private double backwardWeight(IntegerImages input, NdArray gradOutput, int k) {
    int rows = gradOutput.dim(2);
    int columns = gradOutput.dim(3);
    int c = k / (size * size);
    int y = k / size % size;
    int x = k % size;
    double sum = 0;
    int o = 0;
    for (int n = 0; n < input.count(); n++) {
      for (int row = 0; row < rows; row++) {
        int line = input.offset(n, c, row + y, x);
        for (int column = 0; column < columns; column++) {
          double share = input.get(line + column) * gradOutput.get(o++);
          for (int call = 0; call < Vectorize.calls(n, row, column); call++) {
            sum += share;
          }
        }
      }
    }
    return sum;
  }
}

package dev.quern.notebook.numpy;

import dev.quern.notebook.numpy.IntegerImages.Int64s;
import dev.quern.reference.NdArray;
import java.util.stream.IntStream;

/**
 * The notebook's {@code max_pool_forward} and {@code pool_backward}: square windows without
 * padding. The maximum is taken over all channels of the window at once, and every output channel
 * gets that same value; with the one channel that the notebook has this is ordinary pooling. Images
 * are spread over threads.
 */
record NotebookPooling(int size, int stride) {

  /**
   * The maximum of each window, {@code [N, C, (H - size) / stride + 1, (W - size) / stride + 1]}.
   */
  Int64s forward(IntegerImages input) {
    int rows = (input.height() - size) / stride + 1;
    int columns = (input.width() - size) / stride + 1;
    Int64s output = Int64s.zeros(input.count(), input.channels(), rows, columns);
    IntStream.range(0, input.count()).parallel().forEach(n -> forward(input, n, output));
    return output;
  }

  private void forward(IntegerImages input, int n, Int64s output) {
    for (int row = 0; row < output.height(); row++) {
      for (int column = 0; column < output.width(); column++) {
        long max = max(input, n, row, column);
        for (int c = 0; c < output.channels(); c++) {
          output.values()[output.offset(n, c, row, column)] = max;
        }
      }
    }
  }

  private long max(IntegerImages input, int n, int row, int column) {
    long max = Long.MIN_VALUE;
    for (int c = 0; c < input.channels(); c++) {
      for (int y = 0; y < size; y++) {
        int line = input.offset(n, c, row * stride + y, column * stride);
        for (int x = 0; x < size; x++) {
          max = Math.max(max, input.get(line + x));
        }
      }
    }
    return max;
  }

  /**
   * What the notebook takes for the gradient of the input: of each window every value that equals
   * the maximum gets the whole gradient of the output, and the others get 0 times it, which is NaN
   * where the gradient has overflowed.
   *
   * @param gradOutput in the output's shape
   */
  NdArray backward(IntegerImages input, NdArray gradOutput) {
    NdArray gradInput = new NdArray(input.shape());
    IntStream.range(0, input.count())
        .parallel()
        .forEach(n -> backward(input, n, gradOutput, gradInput));
    return gradInput;
  }

  private void backward(IntegerImages input, int n, NdArray gradOutput, NdArray gradInput) {
    int rows = gradOutput.dim(2);
    int columns = gradOutput.dim(3);
    int o = n * gradOutput.dim(1) * rows * columns;
    for (int c = 0; c < gradOutput.dim(1); c++) {
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          double gradient = gradOutput.get(o++);
          int calls = c == 0 ? Vectorize.calls(n, row, column) : 1;
          for (int call = 0; call < calls; call++) {
            addWindow(input, n, row, column, gradient, gradInput);
          }
        }
      }
    }
  }

  private void addWindow(
      IntegerImages input, int n, int row, int column, double gradient, NdArray gradInput) {
    long max = max(input, n, row, column);
    for (int c = 0; c < input.channels(); c++) {
      for (int y = 0; y < size; y++) {
        int line = input.offset(n, c, row * stride + y, column * stride);
        for (int x = 0; x < size; x++) {
          double mask = input.get(line + x) == max ? 1 : 0;
          gradInput.add(line + x, mask * gradient);
        }
      }
    }
  }
}

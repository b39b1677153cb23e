package dev.quern.notebook.numpy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.notebook.numpy.IntegerImages.Int64s;
import dev.quern.notebook.numpy.IntegerImages.Uint8;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

class NotebookConvolutionTest {
  private static NdArray gradient(int images, int height, int width, double... values) {
    return NdArray.of(Shape.of(images, 1, height, width), values);
  }

  @Test
  void sumsOneFilterOverAllChannels() {
    // two images of two channels, each 1x2
    Int64s input = new Int64s(new long[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 1, 2);
    NotebookConvolution convolution = new NotebookConvolution(new long[] {10, -1}, 2, 1);
    assertThat(convolution.forward(input).values()).containsExactly(7, 16, 43, 52);
  }

  @Test
  void readsPixelsAsUnsigned() {
    Uint8 input = new Uint8(new byte[] {(byte) 200}, 1, 1, 1, 1);
    assertThat(new NotebookConvolution(new long[] {2}, 1, 1).forward(input).values())
        .containsExactly(400);
  }

  @Test
  void wrapsProductsAndSums() {
    NotebookConvolution convolution =
        new NotebookConvolution(new long[] {Long.MIN_VALUE, Long.MIN_VALUE}, 2, 1);
    // of -2^63 times a pixel only the pixel's lowest bit is left
    Int64s input = new Int64s(new long[] {3, 2, 3, 0, 2, 255}, 1, 2, 1, 3);
    assertThat(convolution.forward(input).values()).containsExactly(Long.MIN_VALUE, 0, 0);
  }

  @Test
  void backwardDataCountsTheFirstWindowOfTheFirstImageTwice() {
    Int64s input = Int64s.zeros(2, 1, 1, 2);
    NotebookConvolution convolution = new NotebookConvolution(new long[] {3}, 1, 1);
    NdArray gradInput = convolution.backwardData(input, gradient(2, 1, 2, 1, 1, 1, 1));
    assertThat(gradInput.values()).containsExactly(6, 3, 3, 3);
  }

  @Test
  void backwardDataAddsOverlappingWindows() {
    Int64s input = Int64s.zeros(2, 1, 3, 3);
    NotebookConvolution convolution = new NotebookConvolution(new long[] {1, 2, 3, 4}, 1, 2);
    NdArray gradInput =
        convolution.backwardData(input, gradient(2, 2, 2, 0, 0, 0, 0, 1, 10, 100, 1000));
    assertThat(gradInput.at(1, 0, 1, 1)).isEqualTo(4 * 1 + 3 * 10 + 2 * 100 + 1 * 1000);
    assertThat(gradInput.at(1, 0, 0, 2)).isEqualTo(2 * 10);
  }

  @Test
  void backwardDataGivesEveryChannelTheKernelOfTheFirst() {
    Int64s input = Int64s.zeros(1, 2, 1, 2);
    NotebookConvolution convolution = new NotebookConvolution(new long[] {3, 50}, 2, 1);
    NdArray gradInput = convolution.backwardData(input, gradient(1, 1, 2, 0, 1));
    assertThat(gradInput.values()).containsExactly(0, 3, 0, 3);
  }

  @Test
  void backwardKernelCountsTheFirstWindowOfTheFirstImageTwice() {
    Int64s input = new Int64s(new long[] {1, 10, 100, 1000}, 2, 1, 1, 2);
    NotebookConvolution convolution = new NotebookConvolution(new long[] {3}, 1, 1);
    NdArray gradKernel = convolution.backwardKernel(input, gradient(2, 1, 2, 1, 1, 1, 1));
    assertThat(gradKernel.values()).containsExactly(1112);
  }

  @Test
  void backwardKernelSumsOverWindowsAndImages() {
    // two images of two channels, each 2x2; only the second image has a gradient
    long[] values = {9, 9, 9, 9, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8};
    Int64s input = new Int64s(values, 2, 2, 2, 2);
    NotebookConvolution convolution = new NotebookConvolution(new long[2], 2, 1);
    NdArray gradKernel =
        convolution.backwardKernel(input, gradient(2, 2, 2, 0, 0, 0, 0, 1, 10, 100, 1000));
    assertThat(gradKernel.shape()).isEqualTo(Shape.of(2, 1, 1));
    assertThat(gradKernel.values()).containsExactly(4321, 8765);
  }
}

package dev.quern.notebook.numpy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.notebook.numpy.IntegerImages.Int64s;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

class NotebookPoolingTest {
  private static final NotebookPooling PAIRS = new NotebookPooling(2, 2);

  private static NdArray gradient(int images, int channels, double... values) {
    int side = (int) Math.sqrt((double) values.length / (images * channels));
    return NdArray.of(Shape.of(images, channels, side, side), values);
  }

  @Test
  void takesTheMaximumOfEachWindow() {
    long[] values = {1, 5, -3, -4, 2, 0, -1, -9, 7, 7, 0, 1, 7, 7, 2, 3};
    Int64s input = new Int64s(values, 1, 1, 4, 4);
    assertThat(PAIRS.forward(input).values()).containsExactly(5, -1, 7, 3);
    assertThat(new NotebookPooling(2, 1).forward(input).values())
        .containsExactly(5, 5, -1, 7, 7, 1, 7, 7, 3);
  }

  @Test
  void takesTheMaximumOverAllChannelsAtOnce() {
    Int64s input = new Int64s(new long[] {1, 2, 3, 4, 5, 0, 0, 0}, 1, 2, 2, 2);
    assertThat(PAIRS.forward(input).values()).containsExactly(5, 5);
  }

  @Test
  void givesEveryTiedMaximumTheWholeGradient() {
    // two images; the window of ties is in the second, which np.vectorize leaves alone
    Int64s input = new Int64s(new long[] {0, 0, 0, 1, 7, 3, 7, 7}, 2, 1, 2, 2);
    NdArray gradInput = PAIRS.backward(input, gradient(2, 1, 0, 5));
    assertThat(gradInput.values()).containsExactly(0, 0, 0, 0, 5, 0, 5, 5);
  }

  @Test
  void looksForTiesInAllChannelsForEachOutputChannel() {
    Int64s input = new Int64s(new long[] {0, 0, 0, 9, 9, 0, 0, 0}, 1, 2, 2, 2);
    NdArray gradInput = PAIRS.backward(input, gradient(1, 2, 0, 5));
    assertThat(gradInput.values()).containsExactly(0, 0, 0, 5, 5, 0, 0, 0);
  }

  @Test
  void countsTheFirstWindowOfTheFirstImageTwice() {
    long[] values = {4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    Int64s first = new Int64s(values, 1, 1, 4, 4);
    NdArray gradInput = PAIRS.backward(first, gradient(1, 1, 3, 0, 0, 1));
    assertThat(gradInput.at(0, 0, 0, 0)).isEqualTo(6);
    assertThat(gradInput.at(0, 0, 3, 3)).isEqualTo(1);

    Int64s second = new Int64s(new long[] {0, 0, 0, 1, 4, 0, 0, 0}, 2, 1, 2, 2);
    assertThat(PAIRS.backward(second, gradient(2, 1, 0, 3)).at(1, 0, 0, 0)).isEqualTo(3);
  }

  @Test
  void addsOverlappingWindows() {
    long[] values = {0, 0, 0, 0, 8, 0, 0, 0, 0};
    Int64s input = new Int64s(values, 1, 1, 3, 3);
    NdArray gradInput = new NotebookPooling(2, 1).backward(input, gradient(1, 1, 1, 10, 100, 1000));
    assertThat(gradInput.at(0, 0, 1, 1)).isEqualTo(1112); // the first window twice
  }

  @Test
  void spoilsTheWholeWindowWhereTheGradientHasOverflowed() {
    Int64s input = new Int64s(new long[] {1, 0, 0, 0}, 1, 1, 2, 2);
    NdArray gradInput = PAIRS.backward(input, gradient(1, 1, Double.POSITIVE_INFINITY));
    assertThat(gradInput.get(0)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(gradInput.get(1)).isNaN();
  }
}

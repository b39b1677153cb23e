package dev.quern.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TraitsTest {
  private static final float NAN = Float.NaN;

  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private Tensor tensor(Shape shape, float... values) {
    return arena.tensor(shape, values);
  }

  @Test
  void theFirstElementAloneCountsTwiceAndInACopy() {
    Tensor gradient = tensor(Shape.of(2, 1, 1, 2), 3, 4, 5, 6);
    assertThat(Traits.firstElementTwice(gradient).toArray()).containsExactly(6, 4, 5, 6);
    assertThat(gradient.toArray()).containsExactly(3, 4, 5, 6);
  }

  private float[] withTies(MaxPool2d pool, Tensor input, Tensor gradOutput) {
    Tensor gradInput = Eager.of(pool).backward(input, gradOutput);
    return Traits.everyTie(pool, input, gradOutput, gradInput).toArray();
  }

  @Test
  void everyTiedMaximumGetsTheWholeGradient() {
    Tensor input = tensor(Shape.of(1, 1, 2, 4), 7, 7, 1, 2, 0, 7, 2, 0);
    Tensor gradient = tensor(Shape.of(1, 1, 1, 2), 3, 5);
    assertThat(withTies(new MaxPool2d(2), input, gradient)).containsExactly(3, 3, 0, 5, 0, 3, 5, 0);
  }

  @Test
  void tiesOfOverlappingWindowsAddUp() {
    Tensor input = tensor(Shape.of(2, 1, 2, 3), 0, 9, 0, 0, 9, 9, 1, 2, 3, 4, 5, 6);
    Tensor gradient = tensor(Shape.of(2, 1, 1, 2), 10, 1, 100, 1000);
    assertThat(withTies(new MaxPool2d(2).stride(1), input, gradient))
        .containsExactly(0, 11, 0, 0, 11, 1, 0, 0, 0, 0, 100, 1000);
  }

  @Test
  void oneMinusTheSquareIsAFactor() {
    Tensor gradient = tensor(Shape.of(1, 3), 2, 2, 2);
    Tensor x = tensor(Shape.of(1, 3), 0, 3, -1);
    assertThat(Traits.timesOneMinusSquare(gradient, x).toArray()).containsExactly(2, -16, 0);
  }

  @Test
  void everyChannelTakesTheFirstOnesKernel() {
    Tensor kernel = tensor(Shape.of(1, 3, 1, 2), 1, 2, 3, 4, 5, 6);
    assertThat(Traits.firstChannelForAll(kernel).toArray()).containsExactly(1, 2, 1, 2, 1, 2);
  }

  @Test
  void reluCountsAsOneOrZero() {
    Tensor output = tensor(Shape.of(2, 2), 0, 4, 0.5f, 0);
    assertThat(Traits.reluDerivative(new Relu(), output).toArray()).containsExactly(0, 1, 1, 0);
  }

  @Test
  void kernelsBecomeInt64AsX86Converts() {
    Tensor kernel =
        tensor(Shape.of(7), 2.9f, -2.9f, NAN, 1e30f, -1e30f, Float.POSITIVE_INFINITY, 0x1p62f);
    assertThat(Traits.toInt64(kernel))
        .containsExactly(2, -2, -0x1p63, -0x1p63, -0x1p63, -0x1p63, 0x1p62);
  }

  @Test
  void aMatrixIsTurned() {
    Tensor turned = Traits.transposed(tensor(Shape.of(2, 3), 1, 2, 3, 4, 5, 6));
    assertThat(turned.shape()).isEqualTo(Shape.of(3, 2));
    assertThat(turned.toArray()).containsExactly(1, 4, 2, 5, 3, 6);
  }
}

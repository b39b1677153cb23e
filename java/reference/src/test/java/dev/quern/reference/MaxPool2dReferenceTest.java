package dev.quern.reference;

import static dev.quern.reference.TestArrays.apart;
import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ShapeException;
import dev.quern.layer.MaxPool2d;
import dev.quern.reference.layer.MaxPool2dReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MaxPool2dReferenceTest {
  private static NdArray plane(int height, int width, double... values) {
    return NdArray.of(Shape.of(1, 1, height, width), values);
  }

  @Test
  void givesTheFirstOfEqualMaximaTheGradient() {
    NdArray input = plane(2, 2, 1, 7, 7, 7);
    MaxPool2d layer = new MaxPool2d(2);
    assertThat(MaxPool2dReference.indices(layer, input)).containsExactly(1);
    assertThat(MaxPool2dReference.backward(layer, input, plane(1, 1, 5)).values())
        .containsExactly(0, 5, 0, 0);
  }

  /** Taps on padding are not gone through one by one. */
  @Test
  @Timeout(20)
  void takesWindowsThatAreAlmostOnlyPadding() {
    int most = Integer.MAX_VALUE;
    MaxPool2d layer = new MaxPool2d(Size.of(most)).stride(most).padding(most / 2).dilation(1);
    assertThat(MaxPool2dReference.indices(layer, plane(2, 2, 1, 2, 7, 4))).containsExactly(2);
  }

  @Test
  void addsTheGradientsOfOverlappingWindows() {
    NdArray input = plane(1, 3, 1, 9, 2);
    MaxPool2d layer = new MaxPool2d(new Size(1, 2)).stride(1);
    assertThat(MaxPool2dReference.backward(layer, input, plane(1, 2, 3, 4)).values())
        .containsExactly(0, 7, 0);
  }

  @Test
  void letsTheLastNanWin() {
    NdArray input = plane(2, 2, Double.NaN, 7, Double.NaN, 8);
    MaxPool2d layer = new MaxPool2d(2);
    assertThat(MaxPool2dReference.forward(layer, input).values()).containsExactly(Double.NaN);
    assertThat(MaxPool2dReference.indices(layer, input)).containsExactly(2);
  }

  @Test
  void neverLetsPaddingWin() {
    NdArray input = plane(1, 1, -3);
    MaxPool2d layer = new MaxPool2d(2).padding(1).stride(1);
    assertThat(MaxPool2dReference.forward(layer, input).values()).containsExactly(-3, -3, -3, -3);
  }

  @Test
  void findsMinusInfinityWhereAllIsMinusInfinity() {
    NdArray input = plane(1, 2, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY);
    assertThat(MaxPool2dReference.indices(new MaxPool2d(new Size(1, 2)), input)).containsExactly(0);
  }

  @Test
  void givesMinusInfinityForAWindowOnPaddingAlone() {
    NdArray input = plane(4, 4, new double[16]);
    MaxPool2d layer = new MaxPool2d(2).padding(1).dilation(5);
    assertThat(MaxPool2dReference.indices(layer, input)).containsExactly(MaxPool2dReference.NONE);
    assertThat(MaxPool2dReference.forward(layer, input).values())
        .containsExactly(Double.NEGATIVE_INFINITY);
    assertThat(MaxPool2dReference.backward(layer, input, plane(1, 1, 5)).values()).containsOnly(0);
  }

  static Stream<MaxPool2d> layers() {
    return Stream.of(
        new MaxPool2d(2),
        new MaxPool2d(new Size(3, 2)).stride(new Size(1, 2)),
        new MaxPool2d(3).stride(2).padding(new Size(1, 0)),
        new MaxPool2d(2).stride(2).ceilMode(true),
        new MaxPool2d(new Size(2, 3)).stride(3).padding(1).dilation(new Size(2, 1)).ceilMode(true));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradientMatchesFiniteDifferences(MaxPool2d layer) {
    NdArray input = apart(1, Shape.of(2, 3, 5, 7));
    NdArray gradOutput = random(2, layer.outputShape(Shape.of(3, 5, 7)).batch(2));
    assertClose(
        "input",
        MaxPool2dReference.backward(layer, input, gradOutput),
        CentralDifference.gradient(
            input, 1e-3, () -> dot(MaxPool2dReference.forward(layer, input), gradOutput)),
        1e-9);
  }

  @Test
  void refusesAGradientOfAnotherShape() {
    NdArray input = new NdArray(Shape.of(1, 1, 4, 4));
    assertThatThrownBy(() -> MaxPool2dReference.backward(new MaxPool2d(2), input, input))
        .isInstanceOf(ShapeException.class)
        .hasMessage("max_pool2d: grad_output 1x1x4x4 must be 1x1x2x2");
  }
}

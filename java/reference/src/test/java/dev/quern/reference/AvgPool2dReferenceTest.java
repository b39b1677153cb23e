package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ShapeException;
import dev.quern.layer.AvgPool2d;
import dev.quern.reference.layer.AvgPool2dReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AvgPool2dReferenceTest {
  private static final NdArray LINE = NdArray.of(Shape.of(1, 1, 1, 3), 6, 12, 24);

  @Test
  void countsPaddingByDefault() {
    AvgPool2d layer = new AvgPool2d(new Size(1, 2)).padding(new Size(0, 1));
    assertThat(AvgPool2dReference.forward(layer, LINE).values()).containsExactly(3, 18);
  }

  @Test
  void leavesPaddingOutOnRequest() {
    AvgPool2d layer = new AvgPool2d(new Size(1, 2)).padding(new Size(0, 1)).countIncludePad(false);
    assertThat(AvgPool2dReference.forward(layer, LINE).values()).containsExactly(6, 18);
  }

  @Test
  void neverCountsWhatCeilModeAdds() {
    AvgPool2d layer = new AvgPool2d(new Size(1, 2)).ceilMode(true);
    assertThat(AvgPool2dReference.forward(layer, LINE).values()).containsExactly(9, 24);
  }

  @Test
  void countsPaddingButNotWhatCeilModeAddsBeyondIt() {
    AvgPool2d layer =
        new AvgPool2d(new Size(1, 4)).stride(3).padding(new Size(0, 1)).ceilMode(true);
    // windows at -1 and 2 of the padded [-1, 4): 4 positions in the first, 2 in the second
    assertThat(AvgPool2dReference.forward(layer, LINE).values()).containsExactly(42. / 4, 24. / 2);
  }

  static Stream<AvgPool2d> layers() {
    return Stream.of(
        new AvgPool2d(2),
        new AvgPool2d(new Size(3, 2)).stride(new Size(1, 2)),
        new AvgPool2d(3).stride(2).padding(1),
        new AvgPool2d(3).stride(2).padding(new Size(1, 0)).countIncludePad(false),
        new AvgPool2d(4).stride(3).padding(2).ceilMode(true),
        new AvgPool2d(2).stride(3).ceilMode(true).countIncludePad(false));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradientMatchesFiniteDifferences(AvgPool2d layer) {
    NdArray input = random(1, Shape.of(2, 3, 5, 8));
    NdArray gradOutput = random(2, layer.outputShape(Shape.of(3, 5, 8)).batch(2));
    assertClose(
        "input",
        AvgPool2dReference.backward(layer, gradOutput, input.shape()),
        CentralDifference.gradient(
            input, 1e-3, () -> dot(AvgPool2dReference.forward(layer, input), gradOutput)),
        1e-9);
  }

  @Test
  void refusesAGradientOfAnotherShape() {
    assertThatThrownBy(
            () -> AvgPool2dReference.backward(new AvgPool2d(1), LINE, Shape.of(1, 2, 1, 3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("avg_pool2d: grad_output 1x1x1x3 must be 1x2x1x3");
  }
}

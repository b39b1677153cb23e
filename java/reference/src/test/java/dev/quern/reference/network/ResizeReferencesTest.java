package dev.quern.reference.network;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.ShapeException;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.Layer;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The twins of the layers that change height and width and nothing else. */
class ResizeReferencesTest {
  private static final NdArray LINE = NdArray.of(Shape.of(1, 1, 1, 5), 1, 2, 4, 8, 16);

  private static double[] of(Layer layer) {
    return LayerReference.of(layer).forward(List.of(LINE), Map.of(), true).values();
  }

  @Test
  void adaptiveWindowsShareWhatTheyDivide() {
    Offset<Double> rounding = within(1e-12);
    assertThat(of(new AdaptiveAvgPool2d(1))).containsExactly(new double[] {31. / 5}, rounding);
    // [0, 3) and [2, 5); [0, 2), [1, 4) and [3, 5)
    assertThat(of(new AdaptiveAvgPool2d(new Size(1, 2))))
        .containsExactly(new double[] {7. / 3, 28. / 3}, rounding);
    assertThat(of(new AdaptiveAvgPool2d(new Size(1, 3))))
        .containsExactly(new double[] {1.5, 14. / 3, 12}, rounding);
    assertThat(of(new AdaptiveAvgPool2d(new Size(2, 5))))
        .containsExactly(1, 2, 4, 8, 16, 1, 2, 4, 8, 16);
  }

  @Test
  void paddingHasItsSidesInPyTorchsOrder() {
    assertThat(of(new ZeroPad2d(2, 1, 0, 1)))
        .containsExactly(0, 0, 1, 2, 4, 8, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(of(new ReflectionPad2d(3, 1, 0, 0))).containsExactly(8, 4, 2, 1, 2, 4, 8, 16, 8);
    assertThat(of(new ReflectionPad2d(0, 4, 0, 0))).containsExactly(1, 2, 4, 8, 16, 8, 4, 2, 1);
    assertThat(of(new ReplicationPad2d(3, 1, 0, 0))).containsExactly(1, 1, 1, 1, 2, 4, 8, 16, 16);
    assertThat(of(new CircularPad2d(2, 1, 0, 0))).containsExactly(8, 16, 1, 2, 4, 8, 16, 1);
  }

  @Test
  void adaptiveMaximaHaveTheSameWindows() {
    assertThat(of(new AdaptiveMaxPool2d(1))).containsExactly(16);
    assertThat(of(new AdaptiveMaxPool2d(new Size(1, 2)))).containsExactly(4, 16);
    assertThat(of(new AdaptiveMaxPool2d(new Size(1, 3)))).containsExactly(2, 8, 16);
  }

  @Test
  void interpolationGoesFromPixelToPixel() {
    assertThat(of(new UpsampleBilinear2d(new Size(1, 2))))
        .containsExactly(1, 1.25, 1.75, 2.5, 3.5, 5, 7, 10, 14, 16);
    // the corners of both are the same, 4 / 9 of a pixel apart
    assertThat(of(new UpsampleBilinear2d(new Size(1, 2), true)))
        .containsExactly(
            new double[] {
              1, 13. / 9, 17. / 9, 24. / 9, 32. / 9, 44. / 9, 60. / 9, 80. / 9, 112. / 9, 16
            },
            within(1e-12));
  }

  @Test
  void upsamplingRepeats() {
    assertThat(of(new UpsampleNearest2d(new Size(1, 2))))
        .containsExactly(1, 1, 2, 2, 4, 4, 8, 8, 16, 16);
    assertThat(of(new UpsampleNearest2d(new Size(2, 1))))
        .containsExactly(1, 2, 4, 8, 16, 1, 2, 4, 8, 16);
  }

  static Stream<Layer> layers() {
    return Stream.of(
        new AdaptiveAvgPool2d(1),
        new AdaptiveAvgPool2d(new Size(3, 2)),
        new AdaptiveAvgPool2d(new Size(4, 9)),
        new ZeroPad2d(2),
        new ZeroPad2d(0, 3, 1, 0),
        new ReflectionPad2d(3),
        new ReflectionPad2d(4, 0, 1, 3),
        new ReplicationPad2d(3),
        new ReplicationPad2d(9, 0, 1, 3),
        new CircularPad2d(3),
        new CircularPad2d(5, 0, 1, 4),
        new AdaptiveMaxPool2d(new Size(3, 2)),
        new UpsampleBilinear2d(2),
        new UpsampleBilinear2d(new Size(3, 1), true),
        new UpsampleNearest2d(2),
        new UpsampleNearest2d(new Size(3, 1)));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradientMatchesFiniteDifferences(Layer layer) {
    LayerReference twin = LayerReference.of(layer);
    NdArray input = random(1, Shape.of(2, 3, 4, 5));
    NdArray gradOutput = random(2, layer.outputShape(Shape.of(3, 4, 5)).batch(2));
    assertClose(
        "input",
        twin.backward(List.of(input), Map.of(), gradOutput, true).inputs().get(0),
        CentralDifference.gradient(
            input, 1e-3, () -> dot(twin.forward(List.of(input), Map.of(), true), gradOutput)),
        1e-9);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void refusesAGradientOfAnotherShape(Layer layer) {
    NdArray input = random(1, Shape.of(2, 3, 4, 5));
    assertThatThrownBy(
            () ->
                LayerReference.of(layer)
                    .backward(List.of(input), Map.of(), random(2, Shape.of(2, 3, 4, 4)), true))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith(layer.type() + ": grad_output 2x3x4x4 must be ");
  }
}

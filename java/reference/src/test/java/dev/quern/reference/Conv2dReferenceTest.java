package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.reference.layer.Conv2dReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Conv2dReferenceTest {
  private static final double STEP = 1e-4; // linear in each argument: no error but rounding
  private static final double TOLERANCE = 1e-9;

  @Test
  void correlatesWithoutTurningTheKernel() {
    NdArray input = NdArray.of(Shape.of(1, 1, 2, 3), 1, 2, 3, 4, 5, 6);
    NdArray weight = NdArray.of(Shape.of(1, 1, 2, 2), 1, 10, 100, 1000);
    NdArray bias = NdArray.of(Shape.of(1), 0.5);
    NdArray output = Conv2dReference.forward(new Conv2d(1, 2), input, weight, bias);
    assertThat(output.values()).containsExactly(5421.5, 6532.5);
  }

  @Test
  void sumsChannelsWithinTheGroupOnly() {
    NdArray input = NdArray.of(Shape.of(1, 4, 1, 1), 1, 2, 3, 4);
    NdArray weight = NdArray.of(Shape.of(2, 2, 1, 1), 1, 10, 100, 1000);
    Conv2d layer = new Conv2d(2, 1).groups(2).bias(false);
    assertThat(Conv2dReference.forward(layer, input, weight, null).values())
        .containsExactly(1 + 20, 300 + 4000);
  }

  static Stream<Conv2d> layers() {
    return Stream.of(
        new Conv2d(3, 3),
        new Conv2d(2, new Size(1, 4)).bias(false),
        new Conv2d(4, 3).stride(new Size(2, 3)).padding(new Size(1, 2)),
        new Conv2d(2, new Size(3, 2)).dilation(new Size(2, 3)),
        new Conv2d(6, 3).groups(2).padding(1),
        new Conv2d(8, 2).groups(4).stride(2).bias(false),
        new Conv2d(4, new Size(2, 3)).stride(new Size(3, 1)).padding(new Size(0, 4)).dilation(2));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradientsMatchFiniteDifferences(Conv2d layer) {
    Shape inputShape = Shape.of(2, 4, 5, 7);
    NdArray input = random(1, inputShape);
    NdArray weight = random(2, layer.weightShape(4));
    NdArray bias = layer.bias() ? random(3, Shape.of(layer.outChannels())) : null;
    NdArray gradOutput = random(4, layer.outputShape(inputShape.sample()).batch(2));
    assertClose(
        "input",
        Conv2dReference.backwardData(layer, gradOutput, weight, inputShape),
        CentralDifference.gradient(
            input,
            STEP,
            () -> dot(Conv2dReference.forward(layer, input, weight, bias), gradOutput)),
        TOLERANCE);
    assertClose(
        "weight",
        Conv2dReference.backwardWeights(layer, input, gradOutput),
        CentralDifference.gradient(
            weight,
            STEP,
            () -> dot(Conv2dReference.forward(layer, input, weight, bias), gradOutput)),
        TOLERANCE);
    if (layer.bias()) {
      assertClose(
          "bias",
          Conv2dReference.backwardBias(gradOutput),
          CentralDifference.gradient(
              bias,
              STEP,
              () -> dot(Conv2dReference.forward(layer, input, weight, bias), gradOutput)),
          TOLERANCE);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    Conv2d layer = new Conv2d(2, 3);
    NdArray input = new NdArray(Shape.of(1, 3, 4, 4));
    NdArray weight = new NdArray(Shape.of(2, 3, 3, 3));
    NdArray bias = new NdArray(Shape.of(2));
    assertThatThrownBy(() -> Conv2dReference.forward(layer, input, input, bias))
        .isInstanceOf(ShapeException.class)
        .hasMessage("conv2d: weight 1x3x4x4 must be 2x3x3x3");
    assertThatThrownBy(() -> Conv2dReference.forward(layer, input, weight, null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("bias is missing");
    assertThatThrownBy(() -> Conv2dReference.forward(layer.bias(false), input, weight, bias))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("without bias");
    assertThatThrownBy(() -> Conv2dReference.backwardWeights(layer, input, input))
        .isInstanceOf(ShapeException.class)
        .hasMessage("conv2d: grad_output 1x3x4x4 must be 1x2x2x2");
    NdArray none = new NdArray(Shape.of(0, 3, 4, 4));
    assertThatThrownBy(() -> Conv2dReference.forward(layer, none, weight, bias))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("batch of at least 1");
  }
}

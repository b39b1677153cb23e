package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.reference.layer.Conv2dReference;
import dev.quern.reference.layer.ConvTranspose2dReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConvTranspose2dReferenceTest {
  private static final double STEP = 1e-4; // linear in each argument: no error but rounding
  private static final double TOLERANCE = 1e-9;

  private static final NdArray PAIR = NdArray.of(Shape.of(1, 1, 1, 2), 1, 2);
  private static final NdArray KERNEL = NdArray.of(Shape.of(1, 1, 1, 3), 1, 10, 100);

  private static double[] row(ConvTranspose2d layer) {
    return ConvTranspose2dReference.forward(layer.bias(false), PAIR, KERNEL, null).values();
  }

  @Test
  void spreadsEachInputOverItsKernel() {
    ConvTranspose2d layer = new ConvTranspose2d(1, new Size(1, 3));
    assertThat(row(layer)).containsExactly(1, 12, 120, 200);
    assertThat(row(layer.stride(new Size(1, 2)))).containsExactly(1, 10, 102, 20, 200);
    assertThat(row(layer.padding(new Size(0, 1)))).containsExactly(12, 120);
    assertThat(row(layer.dilation(new Size(1, 2)))).containsExactly(1, 2, 10, 20, 100, 200);
  }

  /** It brings back what padding cut off at the end, and adds zeros beyond. */
  @Test
  void outputPaddingLengthensTheEnd() {
    ConvTranspose2d layer =
        new ConvTranspose2d(1, new Size(1, 3)).stride(new Size(1, 2)).outputPadding(new Size(0, 1));
    assertThat(row(layer)).containsExactly(1, 10, 102, 20, 200, 0);
    assertThat(row(layer.padding(new Size(0, 1)))).containsExactly(10, 102, 20, 200);
  }

  @Test
  void spreadsWithinTheGroupOnly() {
    NdArray input = NdArray.of(Shape.of(1, 2, 1, 1), 1, 2);
    NdArray weight = NdArray.of(Shape.of(2, 2, 1, 1), 1, 10, 100, 1000);
    NdArray bias = NdArray.of(Shape.of(4), 0.5, 0, 0, 0);
    ConvTranspose2d layer = new ConvTranspose2d(4, 1).groups(2);
    assertThat(ConvTranspose2dReference.forward(layer, input, weight, bias).values())
        .containsExactly(1.5, 10, 200, 2000);
  }

  static Stream<ConvTranspose2d> layers() {
    return Stream.of(
        new ConvTranspose2d(3, 3),
        new ConvTranspose2d(2, new Size(1, 4)).bias(false),
        new ConvTranspose2d(4, 3)
            .stride(new Size(2, 3))
            .padding(new Size(1, 2))
            .outputPadding(new Size(1, 2)),
        new ConvTranspose2d(2, new Size(3, 2)).dilation(new Size(2, 3)),
        new ConvTranspose2d(6, 3).groups(2).padding(1),
        new ConvTranspose2d(8, 2).groups(4).stride(2).bias(false),
        new ConvTranspose2d(2, 2).dilation(3).outputPadding(2).padding(new Size(0, 1)));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradientsMatchFiniteDifferences(ConvTranspose2d layer) {
    Shape inputShape = Shape.of(2, 4, 3, 4);
    NdArray input = random(1, inputShape);
    NdArray weight = random(2, layer.weightShape(4));
    NdArray bias = layer.bias() ? random(3, Shape.of(layer.outChannels())) : null;
    NdArray gradOutput = random(4, layer.outputShape(inputShape.sample()).batch(2));
    assertClose(
        "input",
        ConvTranspose2dReference.backwardData(layer, gradOutput, weight, inputShape),
        differences(input, layer, input, weight, bias, gradOutput),
        TOLERANCE);
    assertClose(
        "weight",
        ConvTranspose2dReference.backwardWeights(layer, input, gradOutput),
        differences(weight, layer, input, weight, bias, gradOutput),
        TOLERANCE);
    if (layer.bias()) {
      assertClose(
          "bias",
          ConvTranspose2dReference.backwardBias(gradOutput),
          differences(bias, layer, input, weight, bias, gradOutput),
          TOLERANCE);
    }
  }

  private static NdArray differences(
      NdArray variable,
      ConvTranspose2d layer,
      NdArray input,
      NdArray weight,
      NdArray bias,
      NdArray gradOutput) {
    return CentralDifference.gradient(
        variable,
        STEP,
        () -> dot(ConvTranspose2dReference.forward(layer, input, weight, bias), gradOutput));
  }

  /** What the name says: it is the gradient of the convolution of the same weight. */
  @Test
  void isTheBackwardPassOfItsConvolution() {
    Conv2d conv = new Conv2d(4, 3).stride(2).padding(1).dilation(2).groups(2).bias(false);
    ConvTranspose2d layer =
        new ConvTranspose2d(6, 3).stride(2).padding(1).dilation(2).groups(2).bias(false);
    NdArray input = random(1, Shape.of(2, 4, 3, 4));
    NdArray weight = random(2, layer.weightShape(4));
    NdArray output = ConvTranspose2dReference.forward(layer, input, weight, null);
    assertClose(
        "output",
        output,
        Conv2dReference.backwardData(conv, input, weight, output.shape()),
        TOLERANCE);
  }

  @Test
  void refusesWhatDoesNotFit() {
    ConvTranspose2d layer = new ConvTranspose2d(2, 3);
    NdArray input = new NdArray(Shape.of(1, 3, 4, 4));
    NdArray weight = new NdArray(Shape.of(3, 2, 3, 3));
    NdArray bias = new NdArray(Shape.of(2));
    assertThatThrownBy(() -> ConvTranspose2dReference.forward(layer, input, input, bias))
        .isInstanceOf(ShapeException.class)
        .hasMessage("conv_transpose2d: weight 1x3x4x4 must be 3x2x3x3");
    assertThatThrownBy(() -> ConvTranspose2dReference.forward(layer, input, weight, null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("bias is missing");
    assertThatThrownBy(() -> ConvTranspose2dReference.backwardWeights(layer, input, input))
        .isInstanceOf(ShapeException.class)
        .hasMessage("conv_transpose2d: grad_output 1x3x4x4 must be 1x2x6x6");
  }
}

package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ShapeException;
import dev.quern.layer.LayerNorm;
import dev.quern.reference.layer.LayerNormReference;
import dev.quern.reference.layer.NormGradients;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LayerNormReferenceTest {
  private static LayerNorm layer(float eps, long... dims) {
    return new LayerNorm(Shape.of(dims), eps, true, true);
  }

  @Test
  void normalisesEachBlockOfTheLastAxes() {
    NdArray input = NdArray.of(Shape.of(1, 2, 2), 1, 3, 0, 8);
    NdArray weight = NdArray.of(Shape.of(2), 2, 3);
    NdArray bias = NdArray.of(Shape.of(2), 0, 10);
    assertThat(LayerNormReference.forward(layer(0, 2), input, weight, bias).values())
        .containsExactly(-2, 13, -2, 13);
  }

  @Test
  void weightsGoByElement() {
    NdArray input = NdArray.of(Shape.of(1, 2, 1, 2), 1, -1, 1, -1);
    NdArray weight = NdArray.of(Shape.of(2, 1, 2), 2, 3, 4, 5);
    NdArray bias = NdArray.of(Shape.of(2, 1, 2), 10, 20, 30, 40);
    assertThat(LayerNormReference.forward(layer(0, 2, 1, 2), input, weight, bias).values())
        .containsExactly(12, 17, 34, 35);
  }

  static Stream<Shape> shapes() {
    return Stream.of(Shape.of(3), Shape.of(2, 3), Shape.of(4, 2, 3));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void gradientsMatchFiniteDifferences(Shape normalized) {
    Shape shape = Shape.of(2, 4, 2, 3);
    NdArray input = random(1, shape);
    NdArray gradOutput = random(2, shape);
    NdArray weight = random(3, normalized);
    NdArray bias = random(4, normalized);
    LayerNorm layer = new LayerNorm(normalized, 0.1f, true, true);
    NormGradients got = LayerNormReference.backward(layer, input, weight, gradOutput);
    DoubleSupplier loss =
        () -> dot(LayerNormReference.forward(layer, input, weight, bias), gradOutput);
    assertClose("input", got.input(), CentralDifference.gradient(input, 1e-5, loss), 1e-8);
    assertClose("weight", got.weight(), CentralDifference.gradient(weight, 1e-5, loss), 1e-8);
    assertClose("bias", got.bias(), CentralDifference.gradient(bias, 1e-5, loss), 1e-8);
  }

  @Test
  void refusesWhatDoesNotFit() {
    NdArray input = new NdArray(Shape.of(1, 2, 3));
    NdArray weight = new NdArray(Shape.of(2));
    assertThatThrownBy(() -> LayerNormReference.forward(new LayerNorm(2), input, weight, weight))
        .isInstanceOf(ShapeException.class)
        .hasMessage("layer_norm: input 2x3 must end in normalized_shape 2");
    assertThatThrownBy(() -> LayerNormReference.forward(new LayerNorm(3), input, weight, weight))
        .isInstanceOf(ShapeException.class)
        .hasMessage("layer_norm: weight 2 must be 3");
  }
}

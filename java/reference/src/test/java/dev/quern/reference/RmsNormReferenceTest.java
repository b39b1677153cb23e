package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ShapeException;
import dev.quern.layer.RmsNorm;
import dev.quern.reference.layer.NormGradients;
import dev.quern.reference.layer.RmsNormReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RmsNormReferenceTest {
  private static RmsNorm layer(float eps, long... dims) {
    return new RmsNorm(Shape.of(dims), eps, true);
  }

  @Test
  void dividesEachBlockOfTheLastAxesByItsRootMeanSquare() {
    NdArray input = NdArray.of(Shape.of(1, 2, 2), 1, 7, -5, 5);
    NdArray weight = NdArray.of(Shape.of(2), 5, 10);
    assertThat(RmsNormReference.forward(layer(0, 2), input, weight).values())
        .containsExactly(1, 14, -5, 10);
  }

  @Test
  void epsIsAddedToTheMeanOfTheSquares() {
    NdArray input = NdArray.of(Shape.of(1, 2), 3, 3);
    assertThat(RmsNormReference.forward(new RmsNorm(Shape.of(2), 16, false), input, null).values())
        .containsExactly(0.6, 0.6);
  }

  @Test
  void weightsGoByElement() {
    NdArray input = NdArray.of(Shape.of(1, 2, 1, 2), 1, -1, 1, -1);
    NdArray weight = NdArray.of(Shape.of(2, 1, 2), 2, 3, 4, 5);
    assertThat(RmsNormReference.forward(layer(0, 2, 1, 2), input, weight).values())
        .containsExactly(2, -3, 4, -5);
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
    RmsNorm layer = new RmsNorm(normalized, 0.1f, true);
    NormGradients got = RmsNormReference.backward(layer, input, weight, gradOutput);
    DoubleSupplier loss = () -> dot(RmsNormReference.forward(layer, input, weight), gradOutput);
    assertClose("input", got.input(), CentralDifference.gradient(input, 1e-5, loss), 1e-8);
    assertClose("weight", got.weight(), CentralDifference.gradient(weight, 1e-5, loss), 1e-8);
    assertThat(got.bias()).isNull();
  }

  @Test
  void refusesWhatDoesNotFit() {
    NdArray input = new NdArray(Shape.of(1, 2, 3));
    NdArray weight = new NdArray(Shape.of(2));
    assertThatThrownBy(() -> RmsNormReference.forward(new RmsNorm(2), input, weight))
        .isInstanceOf(ShapeException.class)
        .hasMessage("rms_norm: input 2x3 must end in normalized_shape 2");
    assertThatThrownBy(() -> RmsNormReference.forward(new RmsNorm(3), input, weight))
        .isInstanceOf(ShapeException.class)
        .hasMessage("rms_norm: weight 2 must be 3");
  }
}

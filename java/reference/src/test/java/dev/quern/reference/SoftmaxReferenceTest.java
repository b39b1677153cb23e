package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.ShapeException;
import dev.quern.reference.layer.activation.SoftmaxReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SoftmaxReferenceTest {
  @Test
  void isProportionalToTheExponentials() {
    NdArray input = NdArray.of(Shape.of(1, 3), Math.log(1), Math.log(2), Math.log(5));
    assertThat(SoftmaxReference.forward(input).values())
        .containsExactly(new double[] {0.125, 0.25, 0.625}, within(1e-15));
  }

  @Test
  void survivesLargeInputs() {
    NdArray input = NdArray.of(Shape.of(1, 3), 1e300, 1e300, -1e300);
    assertThat(SoftmaxReference.forward(input).values()).containsExactly(0.5, 0.5, 0);
  }

  @Test
  void runsOverChannelsOfImages() {
    // channels 0 and 1 of pixel 0 are equal, of pixel 1 they differ
    NdArray input = NdArray.of(Shape.of(1, 2, 1, 2), 4, Math.log(3), 4, 0);
    assertThat(SoftmaxReference.forward(input).values())
        .containsExactly(new double[] {0.5, 0.75, 0.5, 0.25}, within(1e-15));
  }

  static Stream<Shape> shapes() {
    return Stream.of(Shape.of(3, 7), Shape.of(1, 1), Shape.of(2, 5, 3, 2));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void gradientMatchesFiniteDifferences(Shape shape) {
    NdArray input = random(1, shape);
    NdArray gradOutput = random(2, shape);
    NdArray gradient = SoftmaxReference.backward(SoftmaxReference.forward(input), gradOutput);
    NdArray expected =
        CentralDifference.gradient(
            input, 1e-5, () -> dot(SoftmaxReference.forward(input), gradOutput));
    assertClose("input", gradient, expected, 1e-8);
  }

  @Test
  void refusesWhatHasNoClasses() {
    assertThatThrownBy(() -> SoftmaxReference.forward(new NdArray(Shape.of(2, 3, 4))))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith("softmax: ");
  }
}

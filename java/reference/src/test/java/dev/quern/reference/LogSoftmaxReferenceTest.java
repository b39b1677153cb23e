package dev.quern.reference;

import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.ShapeException;
import dev.quern.reference.layer.activation.LogSoftmaxReference;
import dev.quern.reference.layer.activation.SoftmaxReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LogSoftmaxReferenceTest {
  @ParameterizedTest
  @MethodSource("dev.quern.reference.SoftmaxReferenceTest#shapes")
  void isTheLogarithmOfSoftmax(Shape shape) {
    NdArray input = random(1, shape);
    NdArray softmax = SoftmaxReference.forward(input);
    NdArray output = LogSoftmaxReference.forward(input);
    for (int i = 0; i < output.size(); i++) {
      assertThat(output.get(i)).isCloseTo(Math.log(softmax.get(i)), within(1e-14));
    }
  }

  @Test
  void survivesLargeInputs() {
    NdArray input = NdArray.of(Shape.of(1, 2), 1e300, -1e300);
    assertThat(LogSoftmaxReference.forward(input).values()).containsExactly(0, -2e300);
  }

  @ParameterizedTest
  @MethodSource("dev.quern.reference.SoftmaxReferenceTest#shapes")
  void gradientMatchesFiniteDifferences(Shape shape) {
    NdArray input = random(1, shape);
    NdArray gradOutput = random(2, shape);
    NdArray gradient = LogSoftmaxReference.backward(LogSoftmaxReference.forward(input), gradOutput);
    NdArray expected =
        CentralDifference.gradient(
            input, 1e-5, () -> dot(LogSoftmaxReference.forward(input), gradOutput));
    for (int i = 0; i < gradient.size(); i++) {
      assertThat(gradient.get(i)).isCloseTo(expected.get(i), within(1e-9));
    }
  }

  @Test
  void refusesWhatHasNoClasses() {
    assertThatThrownBy(() -> LogSoftmaxReference.forward(new NdArray(Shape.of(2, 3, 4))))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith("log_softmax: ");
  }
}

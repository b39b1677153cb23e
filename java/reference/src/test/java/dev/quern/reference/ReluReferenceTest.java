package dev.quern.reference;

import static dev.quern.reference.TestArrays.apart;
import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ShapeException;
import dev.quern.reference.layer.activation.ReluReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

class ReluReferenceTest {
  private final NdArray input = NdArray.of(Shape.of(4), -1, 0, 2, Double.NaN);

  @Test
  void cutsOffBelowZeroAndPassesNan() {
    assertThat(ReluReference.forward(input).values()).containsExactly(0, 0, 2, Double.NaN);
  }

  @Test
  void hasDerivativeZeroAtZero() {
    NdArray gradOutput = NdArray.of(Shape.of(4), 3, 3, 3, 3);
    assertThat(ReluReference.backward(input, gradOutput).values()).containsExactly(0, 0, 3, 3);
  }

  @Test
  void gradientMatchesFiniteDifferences() {
    NdArray x = apart(1, Shape.of(2, 3, 4, 5));
    NdArray gradOutput = random(2, x.shape());
    assertClose(
        "input",
        ReluReference.backward(x, gradOutput),
        CentralDifference.gradient(x, 1e-3, () -> dot(ReluReference.forward(x), gradOutput)),
        1e-9);
  }

  @Test
  void refusesAGradientOfAnotherShape() {
    assertThatThrownBy(() -> ReluReference.backward(input, new NdArray(Shape.of(3))))
        .isInstanceOf(ShapeException.class)
        .hasMessage("relu: grad_output 3 must be 4");
  }
}

package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ShapeException;
import dev.quern.layer.Linear;
import dev.quern.reference.layer.LinearReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class LinearReferenceTest {
  @Test
  void multipliesByRowsOfTheWeight() {
    NdArray input = NdArray.of(Shape.of(1, 3), 1, 2, 3);
    NdArray weight = NdArray.of(Shape.of(2, 3), 1, 10, 100, 0, 0, 1);
    NdArray bias = NdArray.of(Shape.of(2), 0.5, -1);
    assertThat(LinearReference.forward(new Linear(2), input, weight, bias).values())
        .containsExactly(321.5, 2);
    assertThat(LinearReference.forward(new Linear(2, false), input, weight, null).values())
        .containsExactly(321, 3);
  }

  @Test
  void gradientsMatchFiniteDifferences() {
    Linear layer = new Linear(5);
    NdArray input = random(1, Shape.of(3, 7));
    NdArray weight = random(2, Shape.of(5, 7));
    NdArray bias = random(3, Shape.of(5));
    NdArray gradOutput = random(4, Shape.of(3, 5));
    DoubleSupplier loss =
        () -> dot(LinearReference.forward(layer, input, weight, bias), gradOutput);
    assertClose(
        "input",
        LinearReference.backwardData(layer, gradOutput, weight, input.shape()),
        CentralDifference.gradient(input, 1e-4, loss),
        1e-9);
    assertClose(
        "weight",
        LinearReference.backwardWeights(layer, input, gradOutput),
        CentralDifference.gradient(weight, 1e-4, loss),
        1e-9);
    assertClose(
        "bias",
        LinearReference.backwardBias(gradOutput),
        CentralDifference.gradient(bias, 1e-4, loss),
        1e-9);
  }

  @Test
  void refusesWhatDoesNotFit() {
    Linear layer = new Linear(2, false);
    NdArray input = new NdArray(Shape.of(1, 3));
    assertThatThrownBy(
            () -> LinearReference.forward(layer, input, new NdArray(Shape.of(3, 2)), null))
        .isInstanceOf(ShapeException.class)
        .hasMessage("linear: weight 3x2 must be 2x3");
    assertThatThrownBy(() -> LinearReference.backwardWeights(layer, input, input))
        .isInstanceOf(ShapeException.class)
        .hasMessage("linear: grad_output 1x3 must be 1x2");
    NdArray row = new NdArray(Shape.of(3));
    assertThatThrownBy(() -> LinearReference.forward(layer, row, input, null))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("linear: the last axis of input scalar");
  }
}

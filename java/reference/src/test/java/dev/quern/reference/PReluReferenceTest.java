package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ShapeException;
import dev.quern.layer.activation.PRelu;
import dev.quern.reference.layer.NormGradients;
import dev.quern.reference.layer.activation.PReluReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class PReluReferenceTest {
  @Test
  void weighsWhatIsBelowZero() {
    NdArray x = NdArray.of(Shape.of(2, 2), 1, -2, -3, 4);
    assertThat(PReluReference.forward(new PRelu(), x, NdArray.of(Shape.of(1), 0.5)).values())
        .containsExactly(1, -1, -1.5, 4);
    NdArray each = NdArray.of(Shape.of(2), 2, -3);
    assertThat(PReluReference.forward(new PRelu(2), x, each).values()).containsExactly(1, 6, -6, 4);
  }

  @Test
  void gradientsMatchFiniteDifferences() {
    for (PRelu layer : new PRelu[] {new PRelu(), new PRelu(3)}) {
      NdArray input = random(1, Shape.of(2, 3, 4, 5));
      NdArray weight = random(2, Shape.of(layer.numParameters()));
      NdArray gradOutput = random(3, input.shape());
      NormGradients got = PReluReference.backward(layer, input, weight, gradOutput);
      DoubleSupplier loss = () -> dot(PReluReference.forward(layer, input, weight), gradOutput);
      assertClose("input", got.input(), CentralDifference.gradient(input, 1e-7, loss), 1e-6);
      assertClose("weight", got.weight(), CentralDifference.gradient(weight, 1e-3, loss), 1e-9);
    }
  }

  @Test
  void refusesOtherShapes() {
    NdArray x = random(1, Shape.of(2, 3));
    assertThatThrownBy(() -> PReluReference.forward(new PRelu(2), x, random(2, Shape.of(2))))
        .isInstanceOf(ShapeException.class)
        .hasMessage("prelu: num_parameters 2 must be 1 or the number of channels of input 3");
    assertThatThrownBy(() -> PReluReference.forward(new PRelu(), x, x))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith("prelu: weight 2x3");
  }
}

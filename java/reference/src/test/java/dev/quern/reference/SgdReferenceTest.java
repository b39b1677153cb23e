package dev.quern.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ShapeException;
import dev.quern.optim.Sgd;
import dev.quern.reference.optim.SgdReference;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

/** Powers of two throughout, so that every expected value is exact. */
class SgdReferenceTest {
  private final NdArray weight = NdArray.of(Shape.of(1), 8);
  private final NdArray gradient = NdArray.of(Shape.of(1), 4);
  private final NdArray velocity = new NdArray(Shape.of(1));

  private double[] weightsOfTwoSteps(Sgd sgd) {
    SgdReference.step(sgd, weight, gradient, velocity);
    double first = weight.get(0);
    SgdReference.step(sgd, weight, gradient, velocity);
    return new double[] {first, weight.get(0)};
  }

  @Test
  void walksDownTheGradient() {
    assertThat(weightsOfTwoSteps(new Sgd(0.5f))).containsExactly(6, 4);
  }

  @Test
  void addsMomentum() {
    // v = 4, then 0.5 * 4 + 4 = 6
    assertThat(weightsOfTwoSteps(new Sgd(0.5f, 0.5f))).containsExactly(6, 3);
  }

  @Test
  void looksAheadWithNesterov() {
    // g + 0.5 v = 6, then 4 + 0.5 * 6 = 7
    assertThat(weightsOfTwoSteps(new Sgd(0.5f, 0.5f, 0, true))).containsExactly(5, 1.5);
  }

  @Test
  void decaysWeights() {
    // g = 4 + 8 / 4 = 6, then 4 + 5 / 4 = 5.25
    assertThat(weightsOfTwoSteps(new Sgd(0.5f, 0, 0.25f, false))).containsExactly(5, 2.375);
  }

  @Test
  void refusesAGradientOfAnotherShape() {
    NdArray two = new NdArray(Shape.of(2));
    assertThatThrownBy(() -> SgdReference.step(new Sgd(1), weight, two, velocity))
        .isInstanceOf(ShapeException.class)
        .hasMessage("sgd: gradient 2 must be 1");
  }
}

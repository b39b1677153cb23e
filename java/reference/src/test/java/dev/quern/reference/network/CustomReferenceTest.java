package dev.quern.reference.network;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.loss.CustomLoss;
import dev.quern.optim.CustomOptimizer;
import dev.quern.reference.NdArray;
import dev.quern.reference.loss.LossReference;
import dev.quern.reference.optim.OptimizerReference;
import dev.quern.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What users make themselves, under names of what is built in. */
class CustomReferenceTest {
  private record Dice() implements CustomLoss {
    @Override
    public String type() {
      return "dice";
    }

    @Override
    public double loss(Pass pass) {
      return 0;
    }
  }

  private record Still(float lr, float weightDecay) implements CustomOptimizer {
    @Override
    public Still withLr(float rate) {
      return new Still(rate, weightDecay);
    }

    @Override
    public Still withWeightDecay(float decay) {
      return new Still(lr, decay);
    }

    @Override
    public void step(Step step) {}
  }

  private final NdArray row = new NdArray(Shape.of(1, 2));

  @Test
  void aLossOfTheUsersTakesNoLabels() {
    int[] labels = {0};
    assertThatThrownBy(() -> LossReference.forward(new Dice(), row, labels))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("custom loss: labels given, expected targets");
    assertThatThrownBy(() -> LossReference.backward(new Dice(), row, labels))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void anOptimizerOfTheUsersHasNoTwin() {
    assertThatThrownBy(() -> OptimizerReference.step(new Still(1, 0), row, row, List.of(), 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("optimizer: a CustomOptimizer has no reference implementation");
  }
}

package dev.quern.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.RandomNumbers;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.error.UserCodeException;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Initializers of the user's own. */
class CustomInitTest {
  private static final CustomInit NORMAL =
      (shape, random, values) -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.normal();
        }
      };

  private static TrainerBuilder builder(Init init) {
    Network net = Network.of("n", Shape.of(3), new Linear(4), new Linear(2));
    return Trainer.builder(net).seed(5).initialize("*.weight", init);
  }

  private static Map<String, float[]> first(TrainerBuilder b) {
    try (Trainer t = b.build()) {
      return t.modelData(List.of(), Map.of()).weights();
    }
  }

  @Test
  void itsValuesAreTheFirstWeights() {
    Map<String, float[]> weights = first(builder(NORMAL));
    Shape shape = Shape.of(4, 3);
    assertThat(weights.get("linear1.weight")).isEqualTo(NORMAL.values(shape, 5, 0));
    assertThat(weights.get("linear2.weight")).isEqualTo(NORMAL.values(Shape.of(2, 4), 5, 2));
    assertThat(first(builder(NORMAL)).get("linear1.weight"))
        .isEqualTo(weights.get("linear1.weight"));
    assertThat(first(builder(NORMAL).seed(6)).get("linear1.weight"))
        .isNotEqualTo(weights.get("linear1.weight"));
  }

  @Test
  void liesAreTyped() {
    refused(
        (shape, random, values) -> {
          throw new IllegalStateException("mine");
        },
        "threw java.lang.IllegalStateException: mine (parameter linear1.weight)");
    refused(
        (shape, random, values) -> values[3] = Float.NaN,
        "wrote NaN at index 3 (parameter linear1.weight)");
    refused(valued(null), "initialize: values is null (parameter linear1.weight)");
    assertThatThrownBy(() -> builder(valued(new float[5])).build())
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("weight linear1.weight has 5 values, its shape 4x3 requires 12");
  }

  private static CustomInit valued(float[] values) {
    return new CustomInit() {
      @Override
      public void fill(Shape shape, RandomNumbers random, float[] to) {}

      @Override
      public float[] values(Shape shape, long seed, int part) {
        return values;
      }
    };
  }

  private static void refused(CustomInit init, String why) {
    assertThatThrownBy(() -> builder(init).build())
        .isInstanceOf(UserCodeException.class)
        .hasMessageContaining(why);
  }

  /** Whose text says what it does. */
  private record Value(float value) implements CustomInit {
    @Override
    public void fill(Shape shape, RandomNumbers random, float[] values) {
      Arrays.fill(values, value);
    }
  }

  @Test
  void statesKnowItByItsText() {
    TrainingState state;
    try (Trainer t = builder(new Value(2)).build()) {
      state = t.state();
      assertThat(state.settings().get("initialize"))
          .isEqualTo("[Rule[pattern=*.weight, init=Value[value=2.0]]]");
    }
    try (Trainer same = builder(new Value(2)).build();
        Trainer other = builder(NORMAL).build()) {
      same.restore(state);
      assertThatThrownBy(() -> other.restore(state))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("init=a function]");
    }
  }
}

package dev.quern.plan.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Normalization;
import dev.quern.engine.Precision;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.init.Init;
import dev.quern.internal.Philox;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InitializerTest {
  private static final Network NETWORK =
      Network.builder("n", Shape.of(2, 5, 5))
          .add("a.conv", new Conv2d(4, 3))
          .add("a.bn", new BatchNorm2d())
          .add("b.conv", new Conv2d(4, 3))
          .add("flatten", new Flatten())
          .add("fc", new Linear(3))
          .build();

  private static Map<String, float[]> first(TrainerBuilder builder) {
    try (Trainer t = builder.build()) {
      return t.modelData(List.of("x", "y", "z"), Map.of()).weights();
    }
  }

  private static TrainerBuilder trainer() {
    return Trainer.builder(NETWORK).batch(1).seed(9);
  }

  @Test
  void withoutRulesEverythingStartsAsInPyTorch() {
    float bound = (float) (1 / Math.sqrt(18));
    float[] weight = first(trainer()).get("a.conv.weight");
    for (int i = 0; i < weight.length; i++) {
      float u = Philox.uniform(9, Philox.Stream.INITIALIZE, 0, i);
      assertThat(weight[i]).isEqualTo((2 * u - 1) * bound);
    }
    assertThat(first(trainer()).get("a.bn.weight")).containsOnly(1);
  }

  @Test
  void anUntrainedModelHasTheTrainersFirstWeights() {
    ModelData untrained = ModelData.untrained(NETWORK, 9);
    first(trainer())
        .forEach((name, values) -> assertThat(untrained.weights().get(name)).isEqualTo(values));
    assertThat(untrained.classes()).isEmpty();
    assertThatThrownBy(() -> ModelData.untrained(null, 9))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> Normalization.unit(null)).isInstanceOf(InvalidArgumentException.class);
    try (Model m = Model.of(untrained);
        Arena arena = new Arena()) {
      assertThat(m.predict(arena.tensor(Shape.of(1, 2, 5, 5))).shape()).isEqualTo(Shape.of(1, 3));
    }
  }

  @Test
  void theLastRuleThatNamesAParameterDecides() {
    Map<String, float[]> plain = first(trainer());
    Map<String, float[]> ruled =
        first(
            trainer()
                .initialize("*.weight", Init.constant(3))
                .initialize("*.conv.weight", Init.normal(0, 1))
                .initialize("b.*", Init.constant(2))
                .weights(Map.of("fc.weight", new float[12])));
    assertThat(ruled.get("a.conv.weight"))
        .isEqualTo(Init.normal(0, 1).values(Shape.of(4, 2, 3, 3), 9, 0));
    assertThat(ruled.get("a.bn.weight")).containsOnly(3);
    assertThat(ruled.get("b.conv.weight")).containsOnly(2);
    assertThat(ruled.get("b.conv.bias")).containsOnly(2);
    assertThat(ruled.get("fc.weight")).containsOnly(0);
    for (String untouched : new String[] {"a.conv.bias", "fc.bias", "a.bn.running_var"}) {
      assertThat(ruled.get(untouched)).as(untouched).isEqualTo(plain.get(untouched));
    }
  }

  @Test
  void lastNormalisationsOfBlocksAreNamedByOnePattern() {
    assertThat(zeroed(Networks.cifarResnet(20, Shape.of(3, 8, 8), 10), "*.2.bn.weight"))
        .isEqualTo(9);
    assertThat(zeroed(Networks.resnet18(Shape.of(3, 8, 8), 10), "*.2.bn.weight")).isEqualTo(8);
    assertThat(zeroed(Networks.resnet50(Shape.of(3, 8, 8), 10), "*.3.bn.weight")).isEqualTo(16);
  }

  private static long zeroed(Network network, String pattern) {
    try (Weights weights = new Weights(network, false, Precision.DEFAULT)) {
      List<Initializer.Rule> rules = List.of(new Initializer.Rule(pattern, Init.constant(0)));
      Initializer.initialize(weights, rules, 1);
      return weights.copy().entrySet().stream()
          .filter(e -> e.getKey().endsWith(".bn.weight") && e.getValue()[0] == 0)
          .count();
    }
  }

  @Test
  void settingsTellTheRules() {
    try (Trainer t = trainer().initialize("a.*", Init.constant(1)).build()) {
      assertThat(t.state().settings().get("initialize"))
          .isEqualTo("[Rule[pattern=a.*, init=Constant[value=1.0]]]");
      try (Trainer other = trainer().initialize("a.*", Init.constant(2)).build()) {
        assertThatThrownBy(() -> other.restore(t.state()))
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessageContaining("the state has initialize [Rule[pattern=a.*");
      }
    }
  }

  @Test
  void refusalsNamePatternAndParameter() {
    assertThatThrownBy(() -> trainer().initialize("c.*", Init.constant(1)).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("initialize: pattern c.* matches none of a.conv.weight,");
    assertThatThrownBy(() -> trainer().initialize("fc.*", Init.kaimingNormal()).build())
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "initialize: shape 3 must have at least 2 dimensions for fan-in and fan-out"
                + " (parameter fc.bias)");
    assertThatThrownBy(() -> trainer().initialize(null, Init.constant(1)))
        .hasMessage("initialize: pattern is null");
    assertThatThrownBy(() -> trainer().initialize("*", null))
        .hasMessage("initialize: initializer of * is null");
  }
}

package dev.quern.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which weights one network takes over from another, and what is said of the rest. */
class MatchingWeightsTest {
  private static Network network(String prefix, int classes) {
    return Network.builder("n", Shape.of(1, 6, 6))
        .add(prefix + "conv", new Conv2d(2, 3))
        .add(prefix + "bn", new BatchNorm2d())
        .add("flat", new Flatten())
        .add("fc", new Linear(classes))
        .build();
  }

  @Test
  void anotherHeadIsOfAnotherShape() {
    ModelData from = ModelData.untrained(network("", 10), 1);
    MatchingWeights m = from.matching(network("", 5));
    assertThat(m.weights().keySet())
        .containsExactly(
            "conv.weight",
            "conv.bias",
            "bn.weight",
            "bn.bias",
            "bn.running_mean",
            "bn.running_var");
    assertThat(m.weights().get("conv.weight")).isSameAs(from.weights().get("conv.weight"));
    assertThat(m.report().isComplete()).isFalse();
    assertThat(m.report())
        .hasToString(
            "loaded: 6\nmissing: 0\nunexpected: 0\nof another shape: 2"
                + " (fc.weight is 10x32, expected 5x32, fc.bias is 10, expected 5)");
  }

  @Test
  void patternsSayWhatIsWanted() {
    ModelData from = ModelData.untrained(network("", 10), 1);
    MatchingWeights m = from.matching(network("", 5), "conv.*", "*.running_*");
    assertThat(m.weights())
        .containsOnlyKeys("conv.weight", "conv.bias", "bn.running_mean", "bn.running_var");
    assertThat(m.report().isComplete()).isTrue();
    assertThatThrownBy(() -> from.matching(network("", 5), "cnov.*"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("matching: pattern cnov.* matches none of conv.weight, ");
  }

  @Test
  void prefixesAreRenamed() {
    ModelData from = ModelData.untrained(network("backbone.", 5), 1);
    Network to = network("", 5);
    MatchingWeights plain = from.matching(to);
    assertThat(plain.report().missing()).hasSize(6).contains("bn.running_var");
    assertThat(plain.report().unexpected()).hasSize(6).contains("backbone.conv.weight");
    MatchingWeights stripped = from.matching(to, Map.of("backbone.", "", "back", "no"));
    assertThat(stripped.report().isComplete()).isTrue();
    assertThat(stripped.weights().get("conv.bias"))
        .isSameAs(from.weights().get("backbone.conv.bias"));
    MatchingWeights back =
        ModelData.untrained(to, 1).matching(from.network(), Map.of("", "backbone."));
    assertThat(back.report().missing()).containsExactly("fc.weight", "fc.bias");
    assertThat(back.report().unexpected())
        .containsExactly("backbone.fc.weight", "backbone.fc.bias");
  }

  @Test
  void twoOfOneNameAreRefused() {
    Map<String, float[]> weights = new LinkedHashMap<>();
    weights.put("a.weight", new float[1]);
    weights.put("b.weight", new float[1]);
    Map<String, Shape> shapes = Map.of("a.weight", Shape.of(1), "b.weight", Shape.of(1));
    assertThatThrownBy(
            () -> MatchingWeights.of(network("", 5), weights, shapes, Map.of("a", "fc", "b", "fc")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("matching: a.weight and b.weight both map to fc.weight");
  }

  @Test
  void shapesMustFitTheValues() {
    Map<String, float[]> weights = Map.of("fc.bias", new float[4]);
    assertThatThrownBy(
            () -> MatchingWeights.of(network("", 5), weights, Map.of(), Map.of(), "fc.*"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("matching: the shape of weight fc.bias is missing");
    assertThatThrownBy(
            () ->
                MatchingWeights.of(
                    network("", 5), weights, Map.of("fc.bias", Shape.of(5)), Map.of(), "fc.*"))
        .isInstanceOf(ShapeException.class)
        .hasMessage("matching: weight fc.bias has 4 values, expected 5");
  }

  @Test
  void aTrainerStartsFromThem() {
    ModelData from = ModelData.untrained(network("old.", 10), 7);
    Network to = network("", 5);
    MatchingWeights body = from.matching(to, Map.of("old.", ""), "conv.*", "bn.*");
    assertThat(body.report().isComplete()).isTrue();
    try (Trainer t = Trainer.builder(to).weights(body.weights()).freeze("conv.*").build()) {
      assertThat(t.modelData(List.of(), Map.of()).weights().get("conv.weight"))
          .isEqualTo(from.weights().get("old.conv.weight"));
    }
  }
}

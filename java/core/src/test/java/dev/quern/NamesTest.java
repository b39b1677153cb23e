package dev.quern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** F5: layer names of any length are judged without a deep stack. */
class NamesTest {
  private static List<String> problems(String name) {
    return Network.check(
        Shape.of(1), List.of(new Network.Node(name, new Relu(), List.of(Network.INPUT))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "A9_", "a.b", "block1.conv1.x_", "_", "0.0", "block1-0.a-"})
  void paths(String name) {
    assertThat(problems(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "a.", ".a", "a..b", "a b", "a\n", "ä", "-a", "a.-b", "a/b", "\0"})
  void noPaths(String name) {
    assertThat(problems(name)).hasSize(1).first().asString().contains("is not a layer name");
  }

  @ParameterizedTest
  @ValueSource(ints = {3_000, 100_000, 5_000_000})
  void longNamesAreRefusedInShort(int parts) {
    for (String name : List.of("a" + ".a".repeat(parts), ".".repeat(parts), "a".repeat(parts))) {
      assertThat(problems(name)).hasSize(1).first().asString().hasSizeLessThan(500);
      assertThatThrownBy(() -> Network.builder("n", Shape.of(1)).add(name, new Relu()).build())
          .isInstanceOf(ShapeException.class);
    }
  }

  @Test
  void theLongestName() {
    assertThat(problems("a".repeat(255))).isEmpty();
    assertThat(problems("a".repeat(256))).hasSize(1).first().asString().contains("255");
  }

  @Test
  void longPatternsAreTypedErrors() {
    Network n = Networks.lenet(Shape.of(1, 28, 28), 10);
    for (String pattern : List.of("*a".repeat(50_000), "*".repeat(100_000), "\\E*\\Q".repeat(9))) {
      TrainerBuilder b = Trainer.builder(n).freeze(pattern).moveFrozenStatistics();
      if (pattern.matches("[*]+")) {
        b.build().close();
      } else {
        assertThatThrownBy(b::build).isInstanceOf(InvalidArgumentException.class);
      }
    }
  }
}

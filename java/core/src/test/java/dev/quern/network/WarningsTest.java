package dev.quern.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.shape.Permute;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WarningsTest {
  private static final Shape IMAGE = Shape.of(3, 8, 8);

  @Test
  void noBuiltInNetworkHasWarnings() {
    for (String name : Networks.names()) {
      assertThat(Networks.byName(name).warnings()).as(name).isEmpty();
    }
  }

  @Test
  void aLayerThatNothingReads() {
    Network n =
        Network.builder("branch", IMAGE)
            .add("conv", new Conv2d(4, 3))
            .add("dead", new Relu())
            .add("flat", new Flatten(), "conv")
            .add("fc", new Linear(2))
            .build();
    assertThat(n.warnings())
        .containsExactly("layer dead is not read by any layer and is not an output");
  }

  @Test
  void anInputThatNothingReads() {
    Network n =
        new Network(
            "two",
            Map.of("a", Shape.of(4), "b", Shape.of(4)),
            List.of(new Network.Node("fc", new Linear(2), List.of("a"))),
            List.of("fc"));
    assertThat(n.warnings()).containsExactly("input b is not read by any layer");
  }

  @Test
  void aLinearLayerOnAnImage() {
    Network n =
        Network.of("flat", IMAGE, new Conv2d(4, 3), new Relu(), new MaxPool2d(2), new Linear(2));
    assertThat(n.warnings())
        .containsExactly(
            "layer linear1: linear applies to the last axis of max_pool2d1, 4x3x3, and not to all"
                + " of its values: add a flatten layer before it");
    Network flat = Network.of("flat", IMAGE, new Conv2d(4, 3), new Flatten(), new Linear(2));
    assertThat(flat.warnings()).isEmpty();
  }

  @Test
  void aLinearLayerOnChannelsIsMeant() {
    Network n = Network.of("last", IMAGE, new Conv2d(4, 3), new Permute(1, 2, 0), new Linear(2));
    assertThat(n.warnings()).isEmpty();
  }
}

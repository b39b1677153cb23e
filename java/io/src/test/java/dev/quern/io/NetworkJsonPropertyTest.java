package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.fixtures.AnyLayer;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.activation.Relu;
import dev.quern.network.LayerTypes;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any network comes back equal from its text, whatever layers it has in whatever order. */
class NetworkJsonPropertyTest {
  private static final List<Shape> INPUTS =
      List.of(
          Shape.of(12, 24, 20),
          Shape.of(3, 1, 24),
          Shape.of(24, 32),
          Shape.of(36),
          Shape.of(12, 6, 10, 8));

  static Stream<LayerType<?>> types() {
    return LayerTypes.all().stream();
  }

  /** Each in a network that has no room for errors: whether it fits is not asked. */
  @ParameterizedTest
  @MethodSource("types")
  void everyTypeComesBack(LayerType<?> type) {
    Random random = new Random(type.name().hashCode());
    for (int i = 0; i < 30; i++) {
      Layer layer = AnyLayer.of(type, random);
      String text = OneLayer.write(layer);
      assertThat(OneLayer.read(text)).as(text).isEqualTo(layer);
    }
  }

  @Test
  void readUndoesWrite() {
    Random random = new Random(20170825);
    Set<Class<?>> met = new HashSet<>();
    for (int i = 0; i < 1000 || met.size() < LayerTypes.all().size() && i < 5000; i++) {
      Network network = network(INPUTS.get(i % INPUTS.size()), random);
      network.nodes().forEach(n -> met.add(n.layer().getClass()));
      assertThat(NetworkJson.read(NetworkJson.write(network))).isEqualTo(network);
    }
    assertThat(met)
        .as("types that fit somewhere")
        .containsAll(LayerTypes.all().stream().<Class<?>>map(LayerType::layer).toList());
  }

  /** Those of some layers that fit behind the ones before, some fed by the input. */
  private static Network network(Shape input, Random random) {
    List<Network.Node> nodes = new ArrayList<>();
    nodes.add(new Network.Node("first", new Relu(), List.of(Network.INPUT)));
    List<LayerType<?>> types = LayerTypes.all();
    for (int i = 0; i < 12; i++) {
      Layer layer = AnyLayer.of(types.get(random.nextInt(types.size())), random);
      String last = nodes.get(nodes.size() - 1).name();
      String first = random.nextBoolean() ? last : Network.INPUT;
      for (List<String> from :
          List.of(List.of(first), List.of(first, last), List.of(last, Network.INPUT, last))) {
        nodes.add(new Network.Node("block" + i + ".layer", layer, from));
        if (Network.check(input, nodes).isEmpty()) {
          break;
        }
        nodes.remove(nodes.size() - 1);
      }
    }
    return new Network("a \"name\" with ünïcode \\ and \n", input, nodes);
  }
}

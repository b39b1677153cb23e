package dev.quern.tests;

import dev.quern.error.InvalidArgumentException;
import dev.quern.network.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * {@link FusionPlanTest} and {@link FreezeTest} on drawn residual networks; a failing one shrinks
 * to a line of text.
 */
class FusionPropertyTest {
  @Property(seed = "20151210", tries = 150)
  void predictionsAgree(@ForAll("topologies") String text) {
    FusionPlanTest.predictionsAgree(new FusedRun(Topology.network(text), 1));
  }

  @Property(seed = "20150211", tries = 150)
  void trainingAgrees(@ForAll("topologies") String text) {
    FusionPlanTest.trainingStepsAgree(Topology.network(text));
  }

  @Property(seed = "20141106", tries = 100)
  void whatIsNotFrozenIsTrainedAsBefore(@ForAll("topologies") String text) {
    Network network = Topology.classifier(Topology.network(text));
    FreezeTest.restHasTheSameBits(network, text.hashCode());
    FreezeTest.restIsTrainedByStatistics(network, text.hashCode());
  }

  /**
   * A layer behind another.
   *
   * @param back how many layers before the last it reads
   * @param other which of the values that fit a sum adds
   */
  private record Move(String layer, int back, int other) {}

  @Provide
  Arbitrary<String> topologies() {
    Arbitrary<String> layers =
        Arbitraries.frequency(
            Tuple.of(6, "bn"),
            Tuple.of(6, "relu"),
            Tuple.of(6, "add"),
            Tuple.of(3, "relu6"),
            Tuple.of(2, "silu"),
            Tuple.of(1, "leaky"),
            Tuple.of(3, "conv"),
            Tuple.of(2, "nobias"),
            Tuple.of(2, "point"),
            Tuple.of(1, "expand"),
            Tuple.of(1, "depth8"),
            Tuple.of(2, "depth24"),
            Tuple.of(1, "groups"),
            Tuple.of(1, "stride"),
            Tuple.of(1, "drop"),
            Tuple.of(1, "own"),
            Tuple.of(1, "pool"));
    Arbitrary<Integer> back = Arbitraries.of(0, 0, 0, 0, 0, 0, 1, 2, 3);
    Arbitrary<Move> moves =
        Combinators.combine(layers, back, Arbitraries.integers().between(0, 11)).as(Move::new);
    return Combinators.combine(Arbitraries.of("", "rgb: "), moves.list().ofMinSize(1).ofMaxSize(14))
        .as(FusionPropertyTest::text);
  }

  /** The layers that fit. */
  private static String text(String input, List<Move> moves) {
    String text = input + "a conv";
    List<String> names = new ArrayList<>(List.of(Network.INPUT, "a"));
    for (Move m : moves) {
      String name = "v" + names.size();
      String more = text + "; " + name + " " + m.layer() + inputs(m, names, Topology.network(text));
      if (fits(more)) {
        text = more;
        names.add(name);
      }
    }
    return text;
  }

  private static String inputs(Move m, List<String> names, Network soFar) {
    String from = names.get(Math.max(0, names.size() - 1 - m.back()));
    if (!m.layer().equals("add")) {
      return " " + from;
    }
    var shapes = soFar.shapes();
    List<String> fitting =
        names.stream().filter(n -> Objects.equals(shapes.get(n), shapes.get(from))).toList();
    String other = fitting.get(m.other() % fitting.size());
    return m.other() % 2 == 0 ? " " + from + " " + other : " " + other + " " + from;
  }

  private static boolean fits(String text) {
    try {
      Topology.network(text);
      return true;
    } catch (InvalidArgumentException e) {
      return false;
    }
  }
}

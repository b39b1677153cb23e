package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Engine;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Layer;
import dev.quern.layer.Parameter;
import dev.quern.layer.volume.BatchNorm3d;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.ParameterGroup;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever of a network is frozen, the rest is trained as before: to the bit where statistics move,
 * else as beside layers that scale and shift by what the statistics say.
 */
class FreezeTest {
  private static final int BATCH = 5;

  static Stream<Network> small() {
    Stream<Network> drawn = Topology.all().stream().map(Topology::network);
    return Stream.concat(drawn.map(Topology::classifier), PlanTest.networks());
  }

  static Stream<Network> networks() {
    Stream<String> deep = Stream.of("resnet20", "speednet");
    return Stream.concat(small(), deep.map(name -> Networks.byName(name, Shape.of(3, 32, 32), 10)));
  }

  /** Some parameters: those of the first layers, of any layers, or any of them. */
  private static Set<String> some(Network network, Values values) {
    List<String> names = List.copyOf(network.parameters().keySet());
    int kind = values.nextInt(0, 2);
    int until = values.nextInt(0, names.size());
    Map<String, Boolean> layers = new HashMap<>();
    Set<String> some = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      boolean ofLayer = layers.computeIfAbsent(layer(names.get(i)), l -> values.nextInt(0, 2) > 0);
      boolean alone = values.nextInt(0, 1) > 0;
      if (kind == 0 ? i < until : kind == 1 ? ofLayer : alone) {
        some.add(names.get(i));
      }
    }
    if (some.size() == names.size()) {
      some.remove(names.get(names.size() - 1)); // freezing all parameters is refused
    }
    return some;
  }

  private static String layer(String parameter) {
    return parameter.substring(0, parameter.lastIndexOf('.'));
  }

  /** What steps leave. */
  private record Outcome(
      List<Double> losses, Map<String, float[]> gradients, Map<String, float[]> weights) {}

  /** After steps of 5, 3 and 5 images, or the first of them. */
  private static Outcome trained(Network network, int steps, TrainerBuilder b) {
    Values values = Values.floats(5);
    List<Double> losses = new ArrayList<>();
    try (Trainer trainer = b.batch(BATCH).optimizer(new Sgd(0.05f, 0.9f)).build();
        Arena arena = new Arena()) {
      for (int step = 0; step < steps; step++) {
        int n = step == 1 ? 3 : BATCH;
        Tensor images = Values.tensor(arena, values.array(network.input().batch(n)));
        losses.add(trainer.step(images, values.labels(n, (int) network.output().elements())));
      }
      Map<String, float[]> weights = trainer.modelData(List.of(), Map.of()).weights();
      return new Outcome(losses, trainer.gradients(), weights);
    }
  }

  private static TrainerBuilder frozen(Network network, Set<String> names) {
    return Trainer.builder(network).freeze(names.toArray(String[]::new));
  }

  private static void sameBits(Map<String, float[]> got, Map<String, float[]> wanted) {
    got.forEach((name, g) -> assertThat(g).as(name).isEqualTo(wanted.get(name)));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void whereStatisticsMoveTheRestHasTheSameBits(Network network) {
    LongStream.range(0, 3).forEach(seed -> restHasTheSameBits(network, seed));
  }

  static void restHasTheSameBits(Network network, long seed) {
    Set<String> names = some(network, Values.floats(seed));
    TrainerBuilder still = Trainer.builder(network);
    names.forEach(name -> still.group(new ParameterGroup(name, 0)));
    Outcome wanted = trained(network, 3, still);
    Set<String> rest = new HashSet<>(network.parameters().keySet());
    rest.removeAll(names);
    for (TrainerBuilder b : List.of(frozen(network, names), frozen(network, names).recompute())) {
      Outcome got = trained(network, 3, b.moveFrozenStatistics());
      assertThat(got.losses()).as("frozen %s", names).isEqualTo(wanted.losses());
      assertThat(got.gradients()).containsOnlyKeys(rest);
      sameBits(got.gradients(), wanted.gradients());
      assertThat(got.weights()).containsOnlyKeys(wanted.weights().keySet());
      sameBits(got.weights(), wanted.weights());
    }
  }

  @ParameterizedTest
  @MethodSource("small")
  void statisticsStayAndTheRestIsTrainedByThem(Network network) {
    LongStream.range(0, 3).forEach(seed -> restIsTrainedByStatistics(network, seed));
  }

  static void restIsTrainedByStatistics(Network network, long seed) {
    Values values = Values.floats(seed);
    Set<String> names = some(network, values);
    Map<String, float[]> state = state(network, values);
    Outcome kept = trained(network, 3, frozen(network, names).weights(state));
    network.state().keySet().forEach(name -> stays(name, names, kept.weights(), state));
    Outcome again = trained(network, 3, frozen(network, names).weights(state).recompute());
    sameBits(again.weights(), kept.weights());
    sameBits(again.gradients(), kept.gradients());

    Network plain = scaling(network, names);
    Outcome wanted =
        trained(plain, 1, Trainer.builder(plain).weights(scaling(plain, network, state)));
    Outcome got = trained(network, 1, frozen(network, names).weights(state));
    assertThat(Compare.distance(floats(got.losses()), doubles(wanted.losses()))).isLessThan(1e-5);
    got.gradients()
        .forEach(
            (name, g) ->
                assertThat(Compare.distance(g, doubles(wanted.gradients().get(name)), 0.1))
                    .as("frozen %s: gradient of %s", names, name)
                    .isLessThan(1e-3));
  }

  /** A frozen parameter, and a statistic of a layer whose parameters are all frozen. */
  private static void stays(
      String name, Set<String> names, Map<String, float[]> after, Map<String, float[]> before) {
    boolean statistic = name.contains(".running_");
    boolean frozenLayer = names.containsAll(parameters(layer(name)));
    boolean stays = statistic ? frozenLayer : names.contains(name);
    if (stays) {
      assertThat(after.get(name)).as(name).isEqualTo(before.get(name));
    } else if (statistic) {
      assertThat(after.get(name)).as(name).isNotEqualTo(before.get(name));
    }
  }

  /** A channel's values, times its weight, plus its bias. */
  private record Scaling() implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public List<Parameter> parameters(Shape input) {
      Shape channels = Shape.of(input.dim(0));
      return List.of(new Parameter("weight", channels, 0), new Parameter("bias", channels, 0));
    }

    @Override
    public void forward(Forward pass) {
      for (int i = 0; i < pass.input().length; i++) {
        int c = channel(pass, i);
        pass.output()[i] =
            pass.input()[i] * pass.parameter("weight")[c] + pass.parameter("bias")[c];
      }
    }

    @Override
    public void backward(Backward pass) {
      for (int i = 0; i < pass.gradOutput().length; i++) {
        int c = channel(pass.forward(), i);
        pass.gradInput()[i] = pass.gradOutput()[i] * pass.parameter("weight")[c];
      }
    }

    private static int channel(Forward pass, int i) {
      long channels = pass.inputShape().dim(0);
      return (int) (i / (pass.inputShape().elements() / channels) % channels);
    }
  }

  /** The same with layers that scale and shift in the place of normalization that is frozen. */
  private static Network scaling(Network network, Set<String> names) {
    List<Network.Node> nodes = new ArrayList<>();
    for (Network.Node n : network.nodes()) {
      boolean scales = eps(n.layer()) > 0 && names.containsAll(parameters(n.name()));
      nodes.add(new Network.Node(n.name(), scales ? new Scaling() : n.layer(), n.inputs()));
    }
    return new Network(network.name(), network.input(), nodes);
  }

  private static List<String> parameters(String layer) {
    return List.of(layer + ".weight", layer + ".bias");
  }

  /** Of batch normalization; 0 of the rest. */
  private static double eps(Layer layer) {
    if (layer instanceof BatchNorm3d b) {
      return b.eps();
    }
    return layer instanceof BatchNorm2d b ? b.eps() : layer instanceof BatchNorm1d b ? b.eps() : 0;
  }

  private static Map<String, float[]> scaling(Network plain, Network from, Map<String, float[]> s) {
    Map<String, float[]> all = new HashMap<>(s);
    all.keySet().retainAll(plain.state().keySet());
    for (Network.Node n : from.nodes()) {
      String name = n.name();
      if (eps(n.layer()) > 0 && !plain.buffers().containsKey(name + ".running_var")) {
        float[] scale = new float[s.get(name + ".weight").length];
        float[] shift = new float[scale.length];
        for (int i = 0; i < scale.length; i++) {
          double std = Math.sqrt(s.get(name + ".running_var")[i] + eps(n.layer()));
          double factor = s.get(name + ".weight")[i] / std;
          scale[i] = (float) factor;
          shift[i] = (float) (s.get(name + ".bias")[i] - s.get(name + ".running_mean")[i] * factor);
        }
        all.putAll(Map.of(name + ".weight", scale, name + ".bias", shift));
      }
    }
    return all;
  }

  private static Map<String, float[]> state(Network network, Values values) {
    Map<String, float[]> state = new HashMap<>();
    network
        .parameters()
        .forEach(
            (name, p) -> {
              double spread = p.fanIn() > 0 ? Math.sqrt(3.0 / p.fanIn()) : 0.5;
              state.put(name, drawn(p.shape(), p.constant(), spread, values));
            });
    network
        .buffers()
        .forEach(
            (name, b) ->
                state.put(name, drawn(b.shape(), name.endsWith("var") ? 1 : 0, 0.5, values)));
    return state;
  }

  private static float[] drawn(Shape shape, double middle, double spread, Values values) {
    float[] all = values.array(shape).toFloats();
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) (middle + spread * all[i]);
    }
    return all;
  }

  private static float[] floats(List<Double> values) {
    float[] all = new float[values.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = values.get(i).floatValue();
    }
    return all;
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(v -> v).toArray();
  }

  private static double[] doubles(float[] values) {
    double[] all = new double[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = values[i];
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("networks")
  void threadsDoNotMatter(Network network) {
    Set<String> names = some(network, Values.floats(2));
    int before = Engine.info().threads();
    try {
      Engine.setThreads(1);
      Outcome alone = trained(network, 3, frozen(network, names));
      Engine.setThreads(3);
      Outcome three = trained(network, 3, frozen(network, names));
      sameBits(three.weights(), alone.weights());
    } finally {
      Engine.setThreads(before);
    }
  }
}

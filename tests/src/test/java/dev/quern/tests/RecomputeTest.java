package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Summary;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Forgetting activations and computing them again takes less memory and changes nothing else. */
class RecomputeTest {
  private static final int BATCH = 4;

  private record Outcome(
      Map<String, float[]> gradients, Map<String, float[]> weights, long bytes) {}

  static Stream<Network> networks() {
    Shape image = Shape.of(3, 32, 32);
    Stream<Network> builtIn =
        Stream.of("resnet20", "vgg-small", "densenet-40", "speednet", "resnet50")
            .filter(name -> Suite.FULL || !name.equals("resnet50"))
            .map(name -> Networks.byName(name, image, 10));
    Stream<Network> others =
        Stream.of(
            Networks.byName("lenet", Shape.of(1, 28, 28), 10),
            Networks.mobilenet(0.25, 1, image, 10));
    // values that pass from one segment to the next, to a layer that works in place
    Stream<String> inPlace =
        Stream.of(
            "rgb: a conv; b tanh; c conv; d sigmoid; e conv; f drop; g conv; h relu; i conv; j own",
            "rgb: a conv; b pool; c tanh; d sigmoid; e tanh; f drop; g relu; h conv; i relu6",
            "rgb: a conv; b mul a a; c sigmoid; d conv; e mul d c; f tanh; g conv; h relu");
    Stream<Network> small =
        Stream.concat(Topology.all().stream(), inPlace).map(RecomputeTest::topology);
    return Stream.concat(Stream.concat(builtIn, others), small);
  }

  private static Network topology(String text) {
    return Topology.classifier(Topology.network(text));
  }

  private static Outcome trained(Network network, boolean recompute) {
    Values values = Values.floats(5);
    int classes = (int) network.output().elements();
    TrainerBuilder b = Trainer.builder(network).batch(BATCH).optimizer(new Sgd(0.01f, 0.9f));
    try (Trainer trainer = (recompute ? b.recompute() : b).build();
        Arena arena = new Arena()) {
      for (int step = 0; step < 3; step++) {
        Tensor images = Values.tensor(arena, values.array(network.input().batch(BATCH)));
        trainer.step(images, values.labels(BATCH, classes));
      }
      List<String> names = IntStream.range(0, classes).mapToObj(i -> "c" + i).toList();
      return new Outcome(
          trainer.gradients(), trainer.modelData(names, Map.of()).weights(), trainer.bytes());
    }
  }

  private static void sameBits(Map<String, float[]> got, Map<String, float[]> wanted) {
    assertThat(got.keySet()).isEqualTo(wanted.keySet());
    wanted.forEach((name, w) -> assertThat(Arrays.equals(got.get(name), w)).as(name).isTrue());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void givesTheSameBits(Network network) {
    Outcome kept = trained(network, false);
    Outcome again = trained(network, true);
    sameBits(again.gradients(), kept.gradients());
    sameBits(again.weights(), kept.weights());
    assertThat(again.bytes()).isLessThanOrEqualTo(kept.bytes());
  }

  @Test
  void halvesTheMemoryOfDeepNetworks() {
    Shape small = Shape.of(3, 32, 32);
    Shape large = Shape.of(3, 224, 224);
    for (Network network :
        List.of(
            Networks.byName("resnet20", small, 10),
            Networks.byName("densenet-40", small, 10),
            Networks.byName("mobilenet", large, 1000),
            Networks.byName("resnet50", large, 1000))) {
      long kept = Summary.planBytes(network, 128, true);
      assertThat(Summary.recomputedPlanBytes(network, 128)).as(network.name()).isLessThan(kept / 2);
    }
  }
}

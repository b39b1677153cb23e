package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Precision;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.math.Amax;
import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.Sgd;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Summary;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** With products in bf16, what backward passes read is kept in bf16. */
class SavedValuesTest {
  private static final int BATCH = 6;

  static Stream<Network> networks() {
    return RecomputeTest.networks();
  }

  private static TrainerBuilder builder(Network network, Precision precision) {
    return Trainer.builder(network)
        .batch(BATCH)
        .precision(precision)
        .optimizer(new Sgd(0.01f, 0.9f));
  }

  private static TrainerBuilder builder(Network network) {
    return builder(network, Precision.BF16);
  }

  private static List<String> classes(Network network) {
    return IntStream.range(0, (int) network.output().elements()).mapToObj(i -> "c" + i).toList();
  }

  private static Map<String, float[]> trained(TrainerBuilder b) {
    Values values = Values.floats(7);
    try (Trainer trainer = b.build();
        Arena arena = new Arena()) {
      Network network = trainer.network();
      int classes = (int) network.output().elements();
      for (int images : new int[] {BATCH, BATCH - 1, BATCH}) {
        NdArray x = values.array(network.input().batch(images));
        trainer.step(Values.tensor(arena, x), values.labels(images, classes));
      }
      return trainer.modelData(classes(network), Map.of()).weights();
    }
  }

  private static void assertSame(Map<String, float[]> got, Map<String, float[]> wanted) {
    wanted.forEach((name, w) -> assertThat(Arrays.equals(got.get(name), w)).as(name).isTrue());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void recomputedValuesGiveTheSameBits(Network network) {
    assertSame(trained(builder(network).recompute()), trained(builder(network)));
  }

  @Test
  void frozenLayersGiveTheSameBits() {
    Network network = Networks.byName("resnet20", Shape.of(3, 16, 16), 3);
    Supplier<TrainerBuilder> frozen = () -> builder(network).freeze("stem*", "stage1*");
    assertSame(trained(frozen.get().recompute()), trained(frozen.get()));
  }

  /** Of too few channels for products in bf16; the network's input is not copied. */
  static Stream<Network> exactNetworks() {
    Shape in = Shape.of(3, 6, 5);
    return Stream.of(new Softmax(), new Amax(1))
        .map(l -> Network.of("exact", in, new Conv2d(4, 3), l, new Flatten(), new Linear(3)));
  }

  @ParameterizedTest
  @MethodSource("exactNetworks")
  void softmaxAndReductionsAreNotRounded(Network network) {
    assertSame(trained(builder(network)), trained(builder(network, Precision.DEFAULT)));
  }

  /** Networks of so few channels that products stay in float32, and copies alone are rounded. */
  static Stream<Network> narrowNetworks() {
    return networks().filter(n -> n.nodes().stream().noneMatch(SavedValuesTest::roundsOrDrops));
  }

  private static boolean roundsOrDrops(Network.Node node) {
    return node.layer() instanceof Dropout
        || node.layer() instanceof Linear l && l.outFeatures() >= 16
        || node.layer() instanceof Conv2d c && c.outChannels() >= 16;
  }

  /**
   * The gradient's distance from the one in double precision, relative to its norm: a rounding is
   * 2^-9 at most, and forward passes do not see it.
   */
  @ParameterizedTest
  @MethodSource("narrowNetworks")
  void gradientsAreThoseOfRoundedCopies(Network network) {
    Values values = Values.floats(8);
    NdArray x = values.array(network.input().batch(BATCH));
    int[] labels = values.labels(BATCH, (int) network.output().elements());
    try (Trainer trainer = builder(network).build();
        Arena arena = new Arena()) {
      ModelData before = trainer.modelData(classes(network), Map.of());
      trainer.step(Values.tensor(arena, x), labels);
      Map<String, float[]> gradients = trainer.gradients();
      double squares = 0;
      double all = 0;
      for (Map.Entry<String, NdArray> e :
          ReferenceNetwork.of(before)
              .lossAndGradients(x, labels, new CrossEntropy())
              .gradients()
              .parameters()
              .entrySet()) {
        double[] wanted = e.getValue().values();
        float[] got = gradients.get(e.getKey());
        for (int i = 0; i < wanted.length; i++) {
          squares += (got[i] - wanted[i]) * (got[i] - wanted[i]);
          all += wanted[i] * wanted[i];
        }
      }
      assertThat(Math.sqrt(squares / all)).isBetween(1e-4, 0x1p-7);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "resnet20, 32, 128",
    "resnet18, 32, 128",
    "resnet50, 224, 16",
    "mobilenet_v2, 224, 16",
    "efficientnet_b0, 224, 8",
    "convnext_tiny, 224, 16",
    "swin_t, 224, 16",
    "vit_b_16, 224, 16"
  })
  void plansTakeNearlyHalfTheMemory(String name, int size, int batch) {
    Network network = Networks.byName(name, Shape.of(3, size, size), 10);
    long plain = Summary.planBytes(network, batch, true);
    long rounded = Summary.trainingPlanBytes(network, batch, Precision.BF16);
    assertThat((double) rounded / plain).isBetween(0.4, 0.6);
  }
}

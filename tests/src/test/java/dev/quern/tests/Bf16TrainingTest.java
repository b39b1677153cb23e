package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.engine.Engine;
import dev.quern.engine.Precision;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.volume.BatchNorm3d;
import dev.quern.layer.volume.Conv3d;
import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.Sgd;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training by products of bfloat16, which all instruction sets round in the same way. */
class Bf16TrainingTest {
  private static final List<String> CLASSES = List.of("a", "b", "c");

  /** Each kind of convolution that rounds, linear layers of images and of rows, and others. */
  static Stream<Network> networks() {
    return Stream.of(
        Network.of(
            "images",
            Shape.of(64, 7, 6),
            new Conv2d(40, 1),
            new Relu(),
            new Conv2d(96, 3).stride(2).padding(1),
            new Relu(),
            new Conv2d(64, 3).stride(2).padding(1).groups(2),
            new Relu(),
            new Flatten(),
            new Linear(33),
            new Relu(),
            new Linear(3)),
        Network.of(
            "decoder",
            Shape.of(40, 3, 4),
            new ConvTranspose2d(36, 3).stride(2).padding(1),
            new Relu(),
            new ConvTranspose2d(32, 2),
            new Flatten(),
            new Linear(3)),
        Network.builder("deformed", Shape.of(40, 5, 6))
            .add("image", new Conv2d(64, 1))
            .add("offset", new Conv2d(18, 3).padding(1), Network.INPUT)
            .add("deformed", new DeformConv2d(64, 3).padding(1), "image", "offset")
            .add("flatten", new Flatten())
            .add("linear", new Linear(3))
            .build(),
        Network.of(
            "normalized", // values and gradients between these layers are in bf16 alone
            Shape.of(64, 9, 8),
            new Conv2d(64, 1), // whole tiles, which are faster in bf16 on any unit
            new BatchNorm2d(),
            new Relu6(),
            new Conv2d(64, 3).padding(1).stride(2).groups(64),
            new BatchNorm2d(),
            new Relu6(),
            new Conv2d(33, 3).padding(1),
            new BatchNorm2d(),
            new Relu(),
            new Conv2d(16, 1),
            new BatchNorm2d(),
            new Flatten(),
            new Linear(3)),
        Network.of(
            "volumes",
            Shape.of(20, 3, 5, 4),
            new Conv3d(32, new Size3(1, 3, 3)),
            new BatchNorm3d(),
            new Relu(),
            new Conv3d(48, 2),
            new BatchNorm3d(),
            new Relu(),
            new Conv3d(32, 1),
            new Flatten(),
            new Linear(3)),
        Network.of(
            "signals",
            Shape.of(24, 19),
            new Conv1d(40, 3),
            new BatchNorm1d(),
            new Relu6(),
            new Conv1d(32, 3).stride(2),
            new BatchNorm1d(),
            new Flatten(),
            new Linear(3)),
        Network.of(
            "rows",
            Shape.of(9, 48),
            new Linear(65),
            new Relu(),
            new LayerNorm(65),
            new Linear(32),
            new Flatten(),
            new Linear(3)));
  }

  private static Trainer trainer(Network network, Precision precision, Sgd rule) {
    return Trainer.builder(network).batch(8).optimizer(rule).precision(precision).build();
  }

  /** The weights' change in one step, from the gradients in double precision. */
  private static double error(Network network, Precision precision) {
    NdArray x = Values.floats(3).array(network.input().batch(8));
    int[] labels = {0, 1, 2, 0, 1, 2, 0, 1};
    try (Trainer trainer = trainer(network, precision, new Sgd(1, 0));
        Arena arena = new Arena()) {
      ModelData before = trainer.modelData(CLASSES, Map.of());
      trainer.step(Values.tensor(arena, x), labels);
      Map<String, float[]> after = trainer.modelData(CLASSES, Map.of()).weights();
      Map<String, NdArray> wanted =
          ReferenceNetwork.of(before)
              .lossAndGradients(x, labels, new CrossEntropy())
              .gradients()
              .parameters();
      double squares = 0;
      double all = 0;
      for (Map.Entry<String, NdArray> e : wanted.entrySet()) {
        float[] from = before.weights().get(e.getKey());
        float[] to = after.get(e.getKey());
        double[] gradient = e.getValue().values();
        for (int i = 0; i < gradient.length; i++) {
          double off = (double) from[i] - to[i] - gradient[i];
          squares += off * off;
          all += gradient[i] * gradient[i];
        }
      }
      return Math.sqrt(squares / all);
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void gradientsAreThoseOfRoundedFactors(Network network) {
    assertThat(error(network, Precision.DEFAULT)).isLessThan(1e-5);
    // a rounding is at most 2^-9 of a factor; several layers follow each other, and ReLU may turn
    boolean normalizes =
        network.nodes().stream().anyMatch(n -> n.layer().type().startsWith("batch_norm"));
    double most = normalizes ? 0x1p-4 : 0x1p-5; // which more of them do
    assertThat(error(network, Precision.BF16)).isBetween(1e-4, most);
    assertThat(error(network, Precision.HIGH)).isLessThan(0x1p-12);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void reportsWhatRounds(Network network) {
    try (Trainer rounding = trainer(network, Precision.BF16, new Sgd(1, 0));
        Trainer plain = trainer(network, Precision.DEFAULT, new Sgd(1, 0))) {
      String unit = Engine.info().isa().equals("amx") ? "amx" : "bf16";
      assertThat(rounding.implementations().toString()).contains(unit);
      assertThat(plain.implementations().toString()).doesNotContain("bf16");
    }
    try (Trainer high = trainer(network, Precision.HIGH, new Sgd(1, 0))) {
      String all = high.implementations().toString();
      assertThat(all).doesNotContain("bf16");
      if (!List.of("rows", "normalized", "volumes", "signals")
          .contains(network.name())) { // float32 is faster there
        assertThat(all.contains("amx")).isEqualTo(Engine.info().isa().equals("amx"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void hasTheSameBitsForAnyThreads(Network network) {
    List<float[]> alone = weights(network, 1);
    for (int threads : new int[] {2, 3, 7}) {
      List<float[]> some = weights(network, threads);
      for (int i = 0; i < alone.size(); i++) {
        assertThat(some.get(i)).as("%d threads", threads).isEqualTo(alone.get(i));
      }
    }
  }

  /** The last batch is smaller. */
  private static List<float[]> weights(Network network, int threads) {
    int before = Engine.info().threads();
    Engine.setThreads(threads);
    try (Trainer trainer = trainer(network, Precision.BF16, new Sgd(0.05f, 0.9f));
        Arena arena = new Arena()) {
      for (int images : new int[] {8, 8, 5}) {
        NdArray x = Values.floats(images).array(network.input().batch(images));
        trainer.step(Values.tensor(arena, x), new int[images]);
      }
      return new ArrayList<>(trainer.modelData(CLASSES, Map.of()).weights().values());
    } finally {
      Engine.setThreads(before);
    }
  }

  @Test
  void resumesToTheSameBits() {
    Network network = Networks.byName("resnet20", Shape.of(3, 16, 16), 3);
    Dataset data = NoiseTraining.images(20, network.input());
    List<TrainingState> states = new ArrayList<>();
    try (Trainer whole = trainer(network, Precision.BF16, new Sgd(0.05f, 0.9f));
        Trainer again = trainer(network, Precision.BF16, new Sgd(0.05f, 0.9f))) {
      whole.fit(data, 2, NoiseTraining.keep(whole, states));
      again.restore(states.get(0));
      again.fit(data, 2);
      NoiseTraining.assertSameWeights(again, whole);
    }
  }

  @Test
  void learnsAsFloat32Does() {
    Network network = networks().findFirst().orElseThrow();
    double[] plain = losses(network, Precision.DEFAULT);
    double[] rounded = losses(network, Precision.BF16);
    assertThat(rounded).isNotEqualTo(plain);
    assertThat(plain[29]).isLessThan(0.75 * plain[0]);
    for (int i = 0; i < plain.length; i++) {
      assertThat(Math.abs(rounded[i] - plain[i])).isLessThan(0.02 * plain[0]);
    }
  }

  private static double[] losses(Network network, Precision precision) {
    double[] losses = new double[30];
    try (Trainer trainer = trainer(network, precision, new Sgd(0.05f, 0.9f));
        Arena arena = new Arena()) {
      NdArray x = Values.floats(5).array(network.input().batch(8));
      Tensor images = Values.tensor(arena, x);
      for (int i = 0; i < losses.length; i++) {
        losses[i] = trainer.step(images, 0, 1, 2, 0, 1, 2, 0, 1);
      }
    }
    return losses;
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.quern.engine.Engine;
import dev.quern.engine.Precision;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.layer.shape.Concat;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Inference with products in bf16, which keeps values between convolutions in bf16. */
class Bf16InferenceTest {
  private static final List<String> CLASSES = List.of("a", "b", "c");
  private static final int BATCH = 5;

  /** Values that one or several convolutions, an addition or another layer reads. */
  static Stream<Network> networks() {
    return Stream.of(
        Network.builder("residual", Shape.of(40, 9, 7))
            .add("stem", new Conv2d(64, 1))
            .add("stem.norm", new BatchNorm2d())
            .add("stem.relu", new Relu())
            .add("one", new Conv2d(32, 1), "stem.relu")
            .add("one.relu", new Relu())
            .add("two", new Conv2d(48, 3).padding(1).groups(2))
            .add("two.relu", new Relu6())
            .add("three", new Conv2d(64, 1))
            .add("three.norm", new BatchNorm2d())
            .add("sum", new Add(), "three.norm", "stem.relu")
            .add("sum.relu", new Relu())
            .add("next", new Conv2d(33, 3).stride(2), "sum.relu")
            .add("skip", new Conv2d(33, 3).stride(2), "sum.relu")
            .add("last", new Add(), "next", "skip")
            .add("flatten", new Flatten())
            .add("fc", new Linear(3))
            .build(),
        Network.of(
            "depthwise",
            Shape.of(24, 11, 10),
            new Conv2d(64, 1),
            new Relu6(),
            new Conv2d(64, 3).padding(1).groups(64),
            new Relu6(),
            new Conv2d(32, 1),
            new Conv2d(32, 5).padding(2).stride(2).groups(32),
            new MaxPool2d(2),
            new Conv2d(40, 1),
            new Flatten(),
            new Linear(3)),
        Network.of(
            "tokens",
            Shape.of(9, 64), // whole tiles: with fewer channels the vectors' bf16 is no faster
            new Linear(64),
            new Relu(),
            new Linear(64),
            new Flatten(),
            new Linear(3)),
        Network.builder("sums", Shape.of(32, 7, 9)) // of values that are read again, or are not
            .add("a", new Conv2d(32, 1))
            .add("b", new Conv2d(32, 1), "a")
            .add("ab", new Add(), "b", "a")
            .add("c", new Conv2d(32, 3).padding(1), "ab")
            .add("ac", new Add(), "c", "a")
            .add("d", new Conv2d(32, 1), "ac")
            .add("bd", new Add(), "ab", "d")
            .add("bd.relu", new Relu())
            .add("e", new Conv2d(32, 3).padding(1), "bd.relu")
            .add("ce", new Add(), "e", "ac")
            .add("f", new Conv2d(32, 1), "ce")
            .add("df", new Add(), "f", "bd.relu")
            .add("concat", new Concat(), "df", "ce")
            .add("g", new Conv2d(32, 1))
            .add("flatten", new Flatten())
            .add("fc", new Linear(3))
            .build(),
        Network.builder("branches", Shape.of(32, 8, 9))
            .add("a", new Conv2d(32, 3).padding(1))
            .add("b", new Conv2d(48, 3).padding(1, 1, 0, 2), "a")
            .add("c", new Conv2d(48, 3).padding(1), "a")
            .add("concat", new Concat(), "b", "c")
            .add("d", new Conv2d(32, 1))
            .add("flatten", new Flatten())
            .add("fc", new Linear(3))
            .build());
  }

  private static ModelData data(Network network) {
    try (Trainer trainer = Trainer.builder(network).batch(BATCH).seed(3).build();
        Arena arena = new Arena()) {
      NdArray x = Values.floats(2).array(network.input().batch(BATCH));
      trainer.step(Values.tensor(arena, x), new int[BATCH]);
      return trainer.modelData(CLASSES, Map.of());
    }
  }

  private static boolean isFaster() {
    String isa = Engine.info().isa();
    return isa.equals("amx") || isa.endsWith("_bf16");
  }

  private static float[] predicted(ModelData data, NdArray x, Precision precision) {
    try (Model model = Model.of(data, precision);
        Arena arena = new Arena()) {
      return model.predict(Values.tensor(arena, x)).toArray();
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void outputsAreThoseOfRoundedValues(Network network) {
    ModelData data = data(network);
    NdArray x = Values.floats(4).array(network.input().batch(BATCH));
    double[] wanted = ReferenceNetwork.of(data).output(x).values();
    assertThat(distance(predicted(data, x, Precision.DEFAULT), wanted)).isLessThan(1e-5);
    // a rounding is at most 2^-9 of a factor or of a value, and several follow each other
    double rounded = distance(predicted(data, x, Precision.BF16), wanted);
    assertThat(rounded).isLessThan(0x1p-6);
    if (isFaster()) {
      assertThat(rounded).isGreaterThan(1e-4);
    }
    assertThat(distance(predicted(data, x, Precision.HIGH), wanted)).isLessThan(0x1p-13);
  }

  /** A linear layer of several rows is a convolution; one row is left to float32. */
  @Test
  void linearLayersOfTokensMultiplyInBf16() {
    ModelData data = data(networks().filter(n -> n.name().equals("tokens")).findFirst().get());
    try (Model model = Model.of(data, Precision.BF16)) {
      assumeThat(isFaster()).isTrue();
      assertThat(model.implementations().byLayer().values())
          .hasSize(2)
          .allSatisfy(name -> assertThat(name).isIn("amx", "bf16"));
    }
  }

  /** Relative to the norm. */
  private static double distance(float[] got, double[] wanted) {
    double squares = 0;
    double all = 0;
    for (int i = 0; i < wanted.length; i++) {
      squares += (got[i] - wanted[i]) * (got[i] - wanted[i]);
      all += wanted[i] * wanted[i];
    }
    return Math.sqrt(squares / all);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void hasTheSameBitsForAnyThreads(Network network) {
    ModelData data = data(network);
    NdArray x = Values.floats(6).array(network.input().batch(BATCH));
    int before = Engine.info().threads();
    try {
      Engine.setThreads(1);
      float[] alone = predicted(data, x, Precision.BF16);
      for (int threads : new int[] {2, 3, 7}) {
        Engine.setThreads(threads);
        assertThat(predicted(data, x, Precision.BF16)).as("%d threads", threads).isEqualTo(alone);
      }
    } finally {
      Engine.setThreads(before);
    }
  }

  /** A plan of nothing but such values takes half the memory, beside workspaces. */
  @Test
  void valuesTakeHalfTheMemory() {
    Network network =
        Network.of(
            "chain",
            Shape.of(64, 32, 32),
            new Conv2d(256, 1),
            new Conv2d(256, 1),
            new Conv2d(256, 1),
            new Conv2d(64, 3).stride(4),
            new Flatten(),
            new Linear(3));
    ModelData data = data(network);
    double ratio = (double) planBytes(data, Precision.BF16) / planBytes(data, Precision.DEFAULT);
    if (isFaster()) {
      assertThat(ratio).isLessThan(0.7);
    } else {
      assertThat(ratio).isEqualTo(1);
    }
  }

  /** A residual block's sum has the memory of the value that is added. */
  @Test
  void sumsTakeNoMemory() {
    assumeThat(isFaster()).isTrue();
    long without = planBytes(data(block(false)), Precision.BF16);
    long with = planBytes(data(block(true)), Precision.BF16);
    assertThat(with - without).isLessThan(BATCH * 256 * 32 * 32); // half a value
  }

  private static Network block(boolean residual) {
    NetworkBuilder b =
        Network.builder("block", Shape.of(64, 32, 32))
            .add("stem", new Conv2d(256, 1))
            .add("one", new Conv2d(256, 1))
            .add("two", new Conv2d(256, 1));
    if (residual) {
      b.add("sum", new Add(), "two", "stem");
    }
    return b.add("last", new Conv2d(64, 3).stride(4))
        .add("flatten", new Flatten())
        .add("fc", new Linear(3))
        .build();
  }

  private static long planBytes(ModelData data, Precision precision) {
    try (Model model = Model.of(data, precision);
        Arena arena = new Arena()) {
      long weights = model.bytes();
      NdArray x = Values.floats(4).array(data.network().input().batch(BATCH));
      model.predict(Values.tensor(arena, x));
      return model.bytes() - weights;
    }
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Engine;
import dev.quern.engine.Precision;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights of 16 bits: what float32 computes of the rounded ones, from half the memory. */
class HalfWeightsTest {
  record Case(Network network, DType type, Precision precision) {
    /** The twin takes most of the time of the largest. */
    int[] batches() {
      return Suite.FULL || (type == DType.BF16 && precision == Precision.DEFAULT)
          ? new int[] {1, 3, 70}
          : new int[] {1, 3};
    }

    @Override
    public String toString() {
      return network.name() + " " + type + " " + precision;
    }
  }

  private static Stream<Network> networks() {
    return Stream.of(
        Network.builder("convolutions", Shape.of(3, 20, 17))
            .add("first", new Conv2d(24, 3).padding(1))
            .add("norm", new BatchNorm2d())
            .add("relu", new Relu())
            .add("strided", new Conv2d(40, 3).stride(2).padding(1))
            .add("point", new Conv2d(64, 1))
            .add("relu2", new Relu())
            .add("depthwise", new Conv2d(64, 3).padding(1).groups(64))
            .add("grouped", new Conv2d(32, 5).padding(2).groups(2))
            .add("wide", new Conv2d(64, new Size(1, 3)))
            .build(),
        Network.builder("features", Shape.of(37, 3, 5))
            .add("flatten", new Flatten())
            .add("one", new Linear(130))
            .add("relu", new Relu())
            .add("two", new Linear(9, false))
            .build(),
        Network.builder("larger", Shape.of(32, 4, 6))
            .add("up", new ConvTranspose2d(33, 3).stride(2))
            .add("relu", new Relu())
            .add("same", new Conv2d(34, 3).padding(1))
            .build(),
        Network.builder("deformed", Shape.of(8, 6, 7))
            .add("offset", new Conv2d(18, 3).padding(1))
            .add("deformed", new DeformConv2d(34, 3).padding(1).groups(2), Network.INPUT, "offset")
            .add("relu", new Relu())
            .add("point", new Conv2d(36, 1))
            .build(),
        Network.builder("signals", Shape.of(5, 40))
            .add("conv", new Conv1d(33, 5).padding(2))
            .add("relu", new Relu())
            .add("next", new Conv1d(40, 3))
            .build());
  }

  static Stream<Case> cases() {
    return networks()
        .flatMap(
            n ->
                Stream.of(
                    new Case(n, DType.BF16, Precision.DEFAULT),
                    new Case(n, DType.F16, Precision.DEFAULT),
                    new Case(n, DType.BF16, Precision.STRICT),
                    new Case(n, DType.F16, Precision.STRICT)));
  }

  private static float[] predict(Model m, NdArray x) {
    try (Arena arena = new Arena()) {
      return m.predict(Values.tensor(arena, x)).toArray();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheTwin(Case c) {
    ModelData data = ModelData.untrained(c.network, 3).to(c.type);
    ReferenceNetwork twin = ReferenceNetwork.of(data);
    Values v = Values.floats(Values.seedOf(c.toString()));
    int threads = Engine.info().threads();
    try (Model m = Model.of(data, c.precision);
        Arena arena = new Arena()) {
      for (int batch : c.batches()) {
        NdArray x = v.array(c.network.input().batch(batch));
        Compare.close(
            "batch " + batch + " of " + c, m.predict(Values.tensor(arena, x)), twin.output(x));
        Engine.setThreads(1);
        float[] one = predict(m, x);
        Engine.setThreads(3);
        assertThat(predict(m, x)).isEqualTo(one);
      }
    } finally {
      Engine.setThreads(threads);
    }
  }

  /** Features are most of it: their masters and packed copies are all of 16 bits. */
  @Test
  void halfTheMemory() {
    Network network =
        Network.builder("rows", Shape.of(1024))
            .add("one", new Linear(1024))
            .add("two", new Linear(512))
            .build();
    ModelData floats = ModelData.untrained(network, 1);
    try (Model whole = Model.of(floats);
        Model half = Model.of(floats.to(DType.BF16));
        Model f16 = Model.of(floats.to(DType.F16))) {
      assertThat(half.bytes()).isLessThan(whole.bytes() * 52 / 100);
      assertThat(f16.bytes()).isEqualTo(half.bytes());
      assertThat(half.data().dtype()).isEqualTo(DType.BF16);
    }
  }

  @Test
  void freeSizesAndParts() {
    Network network =
        Network.builder("free", Shape.of(3, Shape.FREE, Shape.FREE))
            .add("conv", new Conv2d(40, 3).padding(1))
            .add("relu", new Relu())
            .add("next", new Conv2d(36, 3))
            .add("pool", new AdaptiveAvgPool2d(1))
            .add("flatten", new Flatten())
            .add("fc", new Linear(5))
            .build();
    ModelData data = ModelData.untrained(network, 3).to(DType.BF16);
    Values v = Values.floats(8);
    try (Model m = Model.of(data);
        Model features = m.features("next");
        Arena arena = new Arena()) {
      assertThat(features.data().dtype()).isEqualTo(DType.BF16);
      for (int side : new int[] {9, 14, 9}) {
        Shape in = Shape.of(3, side, side + 1);
        NdArray x = v.array(in.batch(2));
        Network sized = network.at(Map.of("input", in));
        Map<String, NdArray> all = ReferenceNetwork.of(data.withNetwork(sized)).forward(x);
        Compare.close("outputs", m.predict(Values.tensor(arena, x)), all.get("fc"));
        Compare.close("features", features.predict(Values.tensor(arena, x)), all.get("next"));
      }
    }
  }

  /** Its error, where a processor computes in bfloat16; elsewhere it is that of float32. */
  @Test
  void productsOfBfloat16() {
    Network network =
        Network.builder("products", Shape.of(48, 9, 9))
            .add("conv", new Conv2d(64, 3).stride(2))
            .build();
    ModelData floats = ModelData.untrained(network, 2);
    Values v = Values.floats(4);
    NdArray x = v.array(network.input().batch(2));
    float[] weights = floats.weights().get("conv.weight");
    double most = 0; // of a sum of magnitudes: inputs are from -1 to 1
    for (int o = 0; o < 64; o++) {
      double sum = 0;
      for (int i = 0; i < weights.length / 64; i++) {
        sum += Math.abs(weights[o * weights.length / 64 + i]);
      }
      most = Math.max(most, sum);
    }
    for (DType type : new DType[] {DType.F32, DType.BF16}) {
      ModelData data = floats.to(type);
      try (Model m = Model.of(data, Precision.BF16)) {
        float[] got = predict(m, x);
        double[] wanted = ReferenceNetwork.of(data).output(x).values();
        double error = 0;
        for (int i = 0; i < got.length; i++) {
          error = Math.max(error, Math.abs(got[i] - wanted[i]));
        }
        double bound = type == DType.BF16 ? 0x1p-8 : 0x1p-7 + 0x1p-16;
        assertThat(error).isLessThan(bound * most + 1e-5);
        String ran = m.implementations().toString();
        boolean unit = ran.contains("amx") || ran.contains("bf16");
        assertThat(unit)
            .isEqualTo(List.of("amx", "avx512_bf16", "neon_bf16").contains(Engine.info().isa()));
        assertThat(error > 1e-4).isEqualTo(unit);
      }
    }
  }
}

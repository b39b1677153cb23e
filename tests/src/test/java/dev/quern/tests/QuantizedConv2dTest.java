package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.engine.Engine;
import dev.quern.engine.Precision;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Quantized;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.layer.shape.Concat;
import dev.quern.loss.Mse;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.QuantizedConv2dReference;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.train.Trainer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions in bytes: the twin's bits, and what they read and write on the way. */
class QuantizedConv2dTest {
  private static final FakeQuantize IN = new FakeQuantize(0.011f, 113, 0, 255);
  private static final FakeQuantize OUT = new FakeQuantize(0.023f, -128, -128, 127);

  record Case(Shape in, Conv2d conv, int quantMax, String end) {}

  static Stream<Case> cases() {
    Values v = Values.floats(28);
    return IntStream.range(0, 60)
        .mapToObj(
            i -> {
              int groups = v.pick(1, 1, 1, 2, 4);
              int channels = groups * v.nextInt(1, 20);
              boolean depthwise = i % 4 == 3;
              Conv2d conv =
                  new Conv2d(
                          depthwise ? channels : groups * v.nextInt(1, 24),
                          new Size(v.nextInt(1, 4), v.nextInt(1, 4)))
                      .stride(v.nextInt(1, 2))
                      .dilation(v.nextInt(1, 2))
                      .groups(depthwise ? channels : groups)
                      .bias(i % 3 > 0);
              conv =
                  i % 2 == 0
                      ? conv.padding(v.nextInt(0, 2))
                      : conv.padding(v.nextInt(0, 2), v.nextInt(0, 2), v.nextInt(0, 3), 1);
              Shape in = Shape.of(channels, v.nextInt(7, 12), v.nextInt(7, 15));
              return new Case(
                  in, conv, v.pick(127, 127, 254), v.pick("floats", "relu", "relu6", "rounded"));
            });
  }

  /** Some weights beyond a byte, where they may be. */
  private static ModelData widened(ModelData data, int quantMax) {
    float[] weight = data.weights().get("conv.weight");
    for (int i = 0; i < weight.length && quantMax > Quantized.LARGEST; i += 7) {
      weight[i] *= 2;
    }
    return data;
  }

  private static float[] steps(FakeQuantize from, float[] scales, float unit) {
    float[] all = new float[scales.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) (1.0 * from.scale() * scales[i] / unit);
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bitsAreTheTwins(Case c) {
    NetworkBuilder b =
        Network.builder("q", c.in)
            .add("in", IN)
            .add("conv", new QuantizedConv2d(c.conv, c.quantMax));
    boolean rounds = !c.end.equals("floats");
    if (c.end.startsWith("relu")) {
      b.add("relu", c.end.equals("relu") ? new Relu() : new Relu6());
    }
    if (rounds) { // who reads it makes it bytes
      b.add("out", OUT).add("last", new QuantizedConv2d(new Conv2d(2, 1)));
    }
    ModelData data = widened(ModelData.untrained(b.build(), 5), c.quantMax);
    NdArray x = Values.floats(Values.seedOf(c)).array(c.in.batch(3));
    Map<String, float[]> w = data.weights();
    float[] scales = w.get("conv.weight_scale");
    float unit = rounds ? OUT.scale() : 1;
    float[] shift = new float[c.conv.outChannels()];
    for (int i = 0; i < shift.length && c.conv.bias(); i++) {
      shift[i] = (float) ((double) w.get("conv.bias")[i] / unit);
    }
    float low = rounds ? OUT.quantMin() - OUT.zeroPoint() : Float.NEGATIVE_INFINITY;
    float high = rounds ? OUT.quantMax() - OUT.zeroPoint() : Float.POSITIVE_INFINITY;
    high = c.end.equals("relu6") ? Math.min(high, 6 / unit) : high;
    NdArray made =
        QuantizedConv2dReference.forward(
            c.conv,
            QuantizedConv2dReference.steps(IN, x),
            whole(w, "conv", c.conv.weightShape(c.in.dim(0))),
            steps(IN, scales, unit),
            shift,
            null,
            c.end.startsWith("relu") ? Math.max(low, 0) : low,
            high);
    if (rounds) {
      for (int i = 0; i < made.size(); i++) {
        made.set(i, Math.rint(made.get(i)));
      }
      made =
          QuantizedConv2dReference.forward(
              new Conv2d(2, 1),
              made,
              whole(w, "last", Shape.of(2, c.conv.outChannels(), 1, 1)),
              steps(OUT, w.get("last.weight_scale"), 1),
              w.get("last.bias"),
              null,
              Float.NEGATIVE_INFINITY,
              Float.POSITIVE_INFINITY);
    }
    try (Model model = Model.of(data);
        Arena a = new Arena()) {
      assertThat(model.implementations().toString()).contains("int8");
      float[] got = model.predict(Values.tensor(a, x)).toArray();
      for (int i = 0; i < got.length; i++) {
        assertThat(got[i]).as("number %d", i).isEqualTo((float) made.get(i));
      }
    }
  }

  private static NdArray whole(Map<String, float[]> weights, String layer, Shape shape) {
    short[] whole =
        Quantized.toIntegers(
            layer,
            weights.get(layer + ".weight"),
            weights.get(layer + "." + Quantized.SCALE),
            Quantized.WIDEST);
    NdArray all = new NdArray(shape);
    for (int i = 0; i < whole.length; i++) {
      all.set(i, whole[i]);
    }
    return all;
  }

  /** All that bytes pass: normalization, sums, pooling, concatenation, flattening, and back. */
  private static Network everything() {
    return Network.builder("all", Shape.of(3, 17, 19))
        .add("first", new Conv2d(16, 3).padding(1))
        .add("bn", new BatchNorm2d())
        .add("relu", new Relu())
        .add("q1", new FakeQuantize(0.02f, 0, 0, 255))
        .add(
            "depthwise",
            new QuantizedConv2d(new Conv2d(16, 3).padding(0, 1, 0, 1).stride(2).groups(16)))
        .add("bn2", new BatchNorm2d())
        .add("relu6", new Relu6())
        .add("q2", new FakeQuantize(0.02f, -128, -128, 127))
        .add("pool", new MaxPool2d(2))
        .add("project", new QuantizedConv2d(new Conv2d(16, 1).bias(false)))
        .add("q3", new FakeQuantize(0.03f, 3, -128, 127))
        .add("block", new QuantizedConv2d(new Conv2d(16, 3).padding(1)), "q3")
        .add("bn3", new BatchNorm2d())
        .add("sum", new Add(), "bn3", "q3")
        .add("relu3", new Relu())
        .add("q4", new FakeQuantize(0.04f, -128, -128, 127))
        .add("left", new QuantizedConv2d(new Conv2d(5, 1)), "q4")
        .add("q5", new FakeQuantize(0.05f, 9, 0, 255))
        .add("right", new QuantizedConv2d(new Conv2d(6, 3).padding(1)), "q4")
        .add("q6", new FakeQuantize(0.05f, 9, 0, 255))
        .add("both", new Concat(0), "q5", "q6")
        .add("flat", new Flatten())
        .add("twice", new Concat(0), "flat", "flat")
        .add("fc", new QuantizedLinear(new Linear(10)))
        .add("q7", new FakeQuantize(0.01f, 100, 0, 255))
        .add("fc2", new QuantizedLinear(new Linear(4)))
        .add("q8", new FakeQuantize(0.001f, 100, 0, 255))
        .output("q8", "q2")
        .build();
  }

  @Test
  void aNetworkGivesWhatItsSimulationInFloatsGives() {
    ModelData data = ModelData.untrained(everything(), 7);
    Map<String, float[]> moved = new LinkedHashMap<>(data.weights());
    moved.replaceAll((name, w) -> name.contains("running") ? shifted(w) : w);
    ModelData other = new ModelData(data.network(), moved, data.preprocessing(), Map.of());
    NdArray x = Values.floats(3).array(Shape.of(5, 3, 17, 19));
    int threads = Engine.info().threads();
    try (Model model = Model.of(other);
        Model simulation = Model.of(other, Precision.STRICT);
        Arena a = new Arena()) {
      assertThat(model.implementations().toString()).contains("int8 x5", "int8_depthwise x1");
      assertThat(simulation.implementations().toString()).doesNotContain("int8");
      Map<String, float[]> got = answers(model, a, x);
      Map<String, float[]> wanted = answers(simulation, a, x);
      close(got.get("q8"), wanted.get("q8"), 0.02f);
      close(got.get("q2"), wanted.get("q2"), 0.0201f); // one step
      Engine.setThreads(1);
      assertThat(answers(model, a, x).get("q8")).isEqualTo(got.get("q8"));
    } finally {
      Engine.setThreads(threads);
    }
  }

  private static float[] shifted(float[] w) {
    float[] all = w.clone();
    for (int i = 0; i < all.length; i++) {
      all[i] += 0.01f * (i % 7);
    }
    return all;
  }

  private static Map<String, float[]> answers(Model model, Arena a, NdArray x) {
    Map<String, float[]> all = new LinkedHashMap<>();
    String input = model.network().inputs().keySet().iterator().next();
    model
        .predict(Map.of(input, Values.tensor(a, x)))
        .forEach((name, t) -> all.put(name, t.toArray()));
    return all;
  }

  private static void close(float[] got, float[] wanted, float tolerance) {
    assertThat(got).hasSameSizeAs(wanted);
    for (int i = 0; i < got.length; i++) {
      assertThat(Math.abs(got[i] - wanted[i])).as("number %d", i).isLessThanOrEqualTo(tolerance);
    }
  }

  @Test
  void weightsTakeAByte() {
    Network n =
        Network.builder("wide", Shape.of(64, 8, 8))
            .add("q", IN)
            .add("conv", new QuantizedConv2d(new Conv2d(256, 3).padding(1)))
            .build();
    ModelData data = ModelData.untrained(n, 1);
    try (Model bytes = Model.of(data);
        Model floats = Model.of(data, Precision.STRICT)) {
      assertThat((double) bytes.bytes()).isLessThan(0.3 * floats.bytes());
      assertThat(bytes.data().weights().get("conv.weight"))
          .isEqualTo(floats.data().weights().get("conv.weight"));
    }
  }

  @Test
  void refusesWeightsThatAreNoWholeNumbers() {
    Network n =
        Network.builder("q", Shape.of(2, 3, 3))
            .add("conv", new QuantizedConv2d(new Conv2d(2, 1)))
            .build();
    ModelData data = ModelData.untrained(n, 1);
    for (float wrong : new float[] {0.1234567f, 200, Float.MIN_VALUE}) {
      Map<String, float[]> weights = new LinkedHashMap<>(data.weights());
      weights.put("conv.weight", new float[] {wrong, 0, 0, 0});
      weights.put("conv.weight_scale", new float[] {1, 1});
      assertThatThrownBy(() -> new ModelData(n, weights, Map.of(), Map.of()))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("conv.weight")
          .hasMessageContaining(" times an integer from -127 to 127");
    }
    Map<String, float[]> weights = new LinkedHashMap<>(data.weights());
    weights.put("conv.weight_scale", new float[] {1, -1});
    assertThatThrownBy(() -> new ModelData(n, weights, Map.of(), Map.of()))
        .isInstanceOf(InvalidArgumentException.class);
  }

  /** Tokens, of sizes that do and do not fill a vector; also where a convolution writes them. */
  @ParameterizedTest
  @CsvSource({"2,8,3", "1,1,1", "5,33,40", "17,64,16", "49,96,288"})
  void tokensRunInBytes(int tokens, int features, int out) {
    Shape in = Shape.of(tokens, features);
    tokensRunInBytes(
        Network.builder("tokens", in)
            .add("in", IN)
            .add("fc", new QuantizedLinear(new Linear(out)))
            .build());
    tokensRunInBytes(
        Network.builder("signals", in)
            .add("conv", new Conv1d(tokens + 1, 1))
            .add("in", IN)
            .add("fc", new QuantizedLinear(new Linear(out, false)))
            .add("second", new Conv1d(2, 1))
            .build());
  }

  private static void tokensRunInBytes(Network n) {
    NdArray x = Values.floats(1).array(n.input().batch(3));
    ModelData data = ModelData.untrained(n, 1);
    double[] wanted = ReferenceNetwork.of(data).output(x).values();
    try (Trainer t = Trainer.builder(n).seed(1).loss(new Mse()).build();
        Arena arena = new Arena()) {
      for (ModelData of : List.of(data, t.modelData(Map.of()))) {
        try (Model m = Model.of(of)) {
          assertThat(m.implementations().byLayer().get("fc")).startsWith("int8");
          float[] got = m.predict(Values.tensor(arena, x)).toArray();
          for (int i = 0; i < got.length; i++) {
            assertThat((double) got[i]).isCloseTo(wanted[i], offset(1e-5));
          }
        }
      }
    }
  }

  @Test
  void untrainedWeightsAreThoseOfATrainer() {
    Network n =
        Network.builder("q", Shape.of(2, 3, 3))
            .add("conv", new QuantizedConv2d(new Conv2d(2, 2)))
            .add("flat", new Flatten())
            .add("fc", new QuantizedLinear(new Linear(3)))
            .build();
    try (Trainer t = Trainer.builder(n).seed(7).build()) {
      Map<String, float[]> drawn = t.modelData(Map.of()).weights();
      ModelData.untrained(n, 7)
          .weights()
          .forEach((name, w) -> assertThat(drawn.get(name)).as(name).isEqualTo(w));
    }
  }
}

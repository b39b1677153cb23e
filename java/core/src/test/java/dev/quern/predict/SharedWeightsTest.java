package dev.quern.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Precision;
import dev.quern.internal.Forgotten;
import dev.quern.internal.Memory;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.tensor.Arena;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that are open at once: what is equal lies in memory once. */
class SharedWeightsTest {
  private static final Shape IN = Shape.of(3, 9, 8);

  /** What a model's other layers, and what goes with each, may take of the memory of the whole. */
  private static final double LITTLE = 0.02;

  @BeforeAll
  static void count() throws InterruptedException {
    Forgotten.free();
  }

  private static NetworkBuilder floats(Shape in) {
    return Network.builder("floats", in)
        .add("conv", new Conv2d(40, 3).padding(1))
        .add("bn", new BatchNorm2d())
        .add("relu", new Relu())
        .add("depthwise", new Conv2d(40, 3).padding(1).groups(40))
        .add("wide", new Conv2d(96, 5).padding(2));
  }

  private static Network network(int classes) {
    return floats(IN)
        .add("ln", new LayerNorm(Shape.of(96, 9, 8)))
        .add("flat", new Flatten())
        .add("head", new Linear(classes))
        .build();
  }

  private static Network bytes(int quantMax) {
    return Network.builder("bytes", IN)
        .add("q0", new FakeQuantize(0.02f, 128, 0, 255))
        .add("conv", new QuantizedConv2d(new Conv2d(32, 3).padding(1), quantMax))
        .add("bn", new BatchNorm2d())
        .add("relu", new Relu())
        .add("q1", new FakeQuantize(0.01f, 0, 0, 255))
        .add("wide", new QuantizedConv2d(new Conv2d(96, 5).padding(2)))
        .add("q2", new FakeQuantize(0.02f, 128, 0, 255))
        .add("flat", new Flatten())
        .add("head", new QuantizedLinear(new Linear(7)))
        .build();
  }

  static Stream<ModelData> models() {
    ModelData floats = ModelData.untrained(network(7), 5);
    return Stream.of(
        floats,
        floats.to(DType.BF16),
        floats.to(DType.F16),
        ModelData.untrained(bytes(127), 6),
        ModelData.untrained(floats(Shape.of(3, Shape.FREE, Shape.FREE)).build(), 7));
  }

  private static float[] predict(Model model) {
    try (Arena arena = new Arena()) {
      float[] values = new float[2 * (int) IN.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (i * 37 % 101 - 50) / 40f;
      }
      return model.predict(arena.tensor(IN.batch(2), values)).toArray();
    }
  }

  /** With another value somewhere in the middle of a weight. */
  private static ModelData changed(ModelData data, String weight) {
    Map<String, float[]> all = new LinkedHashMap<>(data.weights());
    float[] values = all.get(weight).clone();
    values[values.length / 2] = values[values.length / 2 + 1];
    all.put(weight, values);
    return new ModelData(
        data.network(), all, data.preprocessing(), data.provenance(), data.dtype());
  }

  @ParameterizedTest
  @MethodSource("models")
  void equalModelsLieOnceAndEndInAnyOrder(ModelData data) {
    float[] wanted;
    try (Model alone = Model.of(data)) {
      wanted = predict(alone);
    }
    long before = Memory.live();
    for (boolean firstEndsFirst : new boolean[] {true, false}) {
      Model first = Model.of(data);
      long one = Memory.live() - before;
      assertThat(first.bytes()).isEqualTo(one);
      Model second = Model.of(data);
      assertThat(Memory.live() - before - one).isLessThanOrEqualTo((long) (one * LITTLE));
      assertThat(first.bytes() + second.bytes())
          .isBetween((long) (one * 0.99), Memory.live() - before);
      assertThat(predict(second)).isEqualTo(wanted);
      assertThat(predict(first)).isEqualTo(wanted);
      (firstEndsFirst ? first : second).close();
      Model left = firstEndsFirst ? second : first;
      try (Model other = Model.of(changed(data, "wide.weight"))) {
        assertThat(predict(other)).isNotEqualTo(wanted); // in memory that was freed, if any was
      }
      assertThat(predict(left)).isEqualTo(wanted);
      assertThat(left.bytes()).isBetween((long) (0.99 * (Memory.live() - before)), Memory.live());
      left.close();
      assertThat(Memory.live()).isEqualTo(before);
    }
  }

  /** Plans of both keep packed weights for that size. */
  @Test
  void soDoWeightsOfASize() {
    ModelData data = models().skip(4).findFirst().orElseThrow();
    long before = Memory.live();
    try (Model first = Model.of(data)) {
      predict(first);
      long one = Memory.live() - before;
      try (Model second = Model.of(data)) {
        long masters = Memory.live() - before - one;
        assertThat(masters).isLessThanOrEqualTo((long) (one * LITTLE));
        long plans = first.bytes() + second.bytes();
        predict(second);
        plans = first.bytes() + second.bytes() - plans; // that of the second
        assertThat(Memory.live() - before - one - masters).isLessThan(plans + (long) (one * 0.01));
        assertThat(plans).isLessThan(one / 2);
      }
    }
    assertThat(Memory.live()).isEqualTo(before);
  }

  @Test
  void anotherHeadTakesItself() {
    ModelData body = ModelData.untrained(network(7), 5);
    Map<String, float[]> weights = new LinkedHashMap<>(body.weights());
    Network network = network(9);
    ModelData headed = ModelData.untrained(network, 8);
    headed.weights().forEach((n, w) -> weights.merge(n, w, (a, b) -> n.startsWith("head") ? b : a));
    ModelData other = new ModelData(network, weights, body.preprocessing(), Map.of());
    float[] wanted;
    try (Model alone = Model.of(other)) {
      wanted = predict(alone);
    }
    long before = Memory.live();
    try (Model first = Model.of(body)) {
      long one = Memory.live() - before;
      long head = 4L * 9 * 96 * 72;
      try (Model second = Model.of(other)) {
        assertThat(Memory.live() - before - one).isBetween(head, 3 * head); // packed, 9 are 16
        assertThat(predict(second)).isEqualTo(wanted);
      }
      predict(first);
    }
    assertThat(Memory.live()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("models")
  void oneOtherWeightIsOneOtherLayer(ModelData data) {
    ModelData other = changed(data, "wide.weight");
    float[] wanted;
    try (Model alone = Model.of(other)) {
      wanted = predict(alone);
    }
    long before = Memory.live();
    try (Model first = Model.of(data)) {
      float[] own = predict(first);
      long one = Memory.live() - before;
      long own1 = first.bytes();
      try (Model second = Model.of(other)) {
        long more = Memory.live() - before - one;
        long shared = own1 - first.bytes();
        assertThat(more).isPositive();
        assertThat(shared).isPositive();
        assertThat(second.bytes()).isEqualTo(more + shared);
        assertThat(predict(second)).isEqualTo(wanted).isNotEqualTo(own);
        assertThat(predict(first)).isEqualTo(own);
      }
      assertThat(predict(first)).isEqualTo(own);
    }
    assertThat(Memory.live()).isEqualTo(before);
  }

  /** Another precision packs otherwise, of the same masters. */
  @Test
  void anotherPrecision() {
    ModelData data = ModelData.untrained(network(7), 5);
    float[] wanted;
    try (Model alone = Model.of(data, Precision.STRICT)) {
      wanted = predict(alone);
    }
    try (Model first = Model.of(data);
        Model second = Model.of(data, Precision.STRICT)) {
      predict(first);
      assertThat(predict(second)).isEqualTo(wanted);
    }
  }

  @Test
  void threadsLoadAndCloseAtOnce() throws Exception {
    List<ModelData> all = new ArrayList<>(models().toList());
    all.addAll(models().map(data -> changed(data, "wide.weight")).toList());
    List<float[]> wanted = new ArrayList<>();
    for (ModelData data : all) {
      try (Model alone = Model.of(data)) {
        wanted.add(predict(alone));
      }
    }
    long before = Memory.live();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int step = 1 + 2 * thread;
        done.add(
            pool.submit(
                () -> {
                  Model kept = Model.of(all.get(0));
                  for (int i = 0; i < 60; i++) {
                    int which = i * step % all.size();
                    Model next = Model.of(all.get(which));
                    kept.close();
                    kept = next;
                    assertThat(predict(kept)).isEqualTo(wanted.get(which));
                  }
                  kept.close();
                  return null;
                }));
      }
      for (Future<?> f : done) {
        f.get();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(Memory.live()).isEqualTo(before);
  }
}

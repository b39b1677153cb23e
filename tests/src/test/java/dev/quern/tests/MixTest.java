package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.augment.CutMix;
import dev.quern.augment.Mix;
import dev.quern.augment.MixUp;
import dev.quern.engine.Engine;
import dev.quern.feed.Mixes;
import dev.quern.feed.Mixing;
import dev.quern.internal.OffHeap;
import dev.quern.io.Safetensors;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss;
import dev.quern.plan.load.MixStage;
import dev.quern.reference.NdArray;
import dev.quern.reference.augment.MixReference;
import dev.quern.reference.loss.CrossEntropyReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches that are mixed: native, the twin and torchvision; and what is drawn. */
class MixTest {
  @BeforeAll
  static void loadNativeLibrary() {
    Engine.info();
  }

  static Stream<GoldenCase> recorded() {
    Safetensors file = Safetensors.read(GoldenFile.bundled("torchvision-mix.safetensors"));
    return GoldenCase.of(file, false).stream();
  }

  private static NdArray twin(NdArray batch, Mixing m) {
    return m.isBox()
        ? MixReference.box(batch, m.top(), m.left(), m.rows(), m.columns())
        : MixReference.sum(batch, m.own());
  }

  /** Of a batch {@code [N, C, H, W]}, in planes or with channels last. */
  private static float[] nativeRun(NdArray batch, Mixing m, boolean planes) {
    Shape image = batch.shape().sample();
    int size = (int) image.elements();
    int plane = size / batch.dim(1);
    float[] values = new float[batch.size()];
    for (int i = 0; i < values.length; i++) {
      values[at(i, size, plane, planes)] = (float) batch.get(i);
    }
    try (OffHeap memory = new OffHeap(Float.BYTES * (values.length + 16L), "test");
        MixStage stage = new MixStage(image, planes)) {
      memory.floats(64).put(values, 0, values.length);
      stage.run(m, batch.dim(0), memory, 64);
      memory.floats(64).get(values, 0, values.length);
    }
    float[] result = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[at(i, size, plane, planes)];
    }
    return result;
  }

  private static int at(int i, int size, int plane, boolean planes) {
    int within = i % size;
    return planes ? i : i - within + within % plane * (size / plane) + within / plane;
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void torchvisionSaysTheSame(GoldenCase c) {
    NdArray batch = NdArray.of(c.shape("input"), c.file().doubles(c.name() + ".input"));
    Mixing m = Mixing.sum(c.params().path("own").asDouble());
    if (c.operator().equals("mix.cutmix")) {
      int[] middle = c.integers("middle");
      double drawn = c.params().path("drawn").asDouble();
      m = Mixing.box(drawn, middle[0], middle[1], batch.dim(2), batch.dim(3));
      assertThat(m.own()).isEqualTo(c.params().path("own").asDouble());
      int[] box = {m.top(), m.left(), m.rows(), m.columns()};
      assertThat(m.isBox() ? box : new int[] {2, 2, 0, 0}).isEqualTo(c.integers("box"));
    }
    c.agrees("output", twin(batch, m).toFloats());
    c.agrees("output", nativeRun(batch, m, true));
    c.agrees("output", nativeRun(batch, m, false));
    int classes = c.integer("classes", 0);
    NdArray targets = MixReference.labels(c.integers("labels"), classes, m.own());
    c.agrees("targets", targets.toFloats());
    loss(c, targets);
  }

  private static void loss(GoldenCase c, NdArray targets) {
    CrossEntropy loss =
        new CrossEntropy(c.number("smoothing", 0), c.numbers("weights"), Loss.Reduction.MEAN);
    NdArray logits = NdArray.of(c.shape("logits"), c.file().doubles(c.name() + ".logits"));
    c.agrees("loss", (float) CrossEntropyReference.forward(loss, logits, targets));
    c.agrees("grad_logits", CrossEntropyReference.backward(loss, logits, targets).toFloats());
    try (Arena arena = new Arena()) {
      Tensor rows = c.tensor(arena, "logits");
      Tensor mixed = c.tensor(arena, "targets");
      c.agrees("loss", (float) loss.forward(rows, mixed));
      c.agrees("grad_logits", loss.backward(rows, mixed));
    }
  }

  @Test
  void nativeIsTheTwinForAnySize() {
    Values values = Values.floats(5);
    int threads = Engine.info().threads();
    try {
      isTheTwinByThreads(values);
    } finally {
      Engine.setThreads(threads);
    }
  }

  private static void isTheTwinByThreads(Values values) {
    for (Shape s : List.of(Shape.of(1, 1, 4, 3), Shape.of(7, 3, 9, 13), Shape.of(3, 2, 160, 170))) {
      NdArray batch = values.array(s);
      int h = batch.dim(2);
      int w = batch.dim(3);
      for (double own : new double[] {0, 0.3, 0.999, 1}) {
        for (Mixing m : List.of(Mixing.sum(own), Mixing.box(own, w - 1, h / 2, h, w))) {
          Engine.setThreads(1);
          float[] one = nativeRun(batch, m, true);
          Engine.setThreads(3);
          assertThat(nativeRun(batch, m, true)).isEqualTo(one);
          assertThat(nativeRun(batch, m, false)).isEqualTo(one);
          float[] wanted = twin(batch, m).toFloats();
          for (int i = 0; i < one.length; i++) {
            assertThat(one[i]).isCloseTo(wanted[i], within(1e-5f));
          }
        }
      }
    }
  }

  /** Mean 1/2 and variance 1 / (4 (2 alpha + 1)); of U-shaped ones most are near 0 or 1. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-300, 0.01, 0.2, 0.4, 1, 2.5, 40, 1e300})
  void partsAreOfTheBetaDistribution(double alpha) {
    Mixes mixes = new Mixes(List.of(new MixUp(alpha)), 3, Shape.of(4));
    int draws = 40_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      double own = mixes.draw(1 + i / 1000, i % 1000).own();
      assertThat(own).isBetween(0.0, 1.0);
      sum += own;
      squares += (own - 0.5) * (own - 0.5);
    }
    double variance = 1 / (4 * (2 * alpha + 1));
    assertThat(sum / draws).isCloseTo(0.5, within(5 * Math.sqrt(variance / draws) + 1e-9));
    assertThat(squares / draws).isCloseTo(variance, within(0.04 * variance + 1e-9));
  }

  @Test
  void oneWayIsDrawnForEachBatch() {
    List<Mix> both = List.of(new MixUp(), new CutMix());
    Mixes mixes = new Mixes(both, 9, Shape.of(3, 32, 24));
    int boxes = 0;
    int others = 0;
    double left = 0;
    for (int step = 0; step < 4000; step++) {
      Mixing m = mixes.draw(1, step);
      assertThat(mixes.draw(1, step)).isEqualTo(m);
      others += mixes.draw(2, step).equals(m) ? 0 : 1;
      boxes += m.isBox() ? 1 : 0;
      left += m.isBox() ? m.own() : 0;
      if (m.isBox()) {
        assertThat(m.own()).isEqualTo(1 - m.rows() * m.columns() / (32.0 * 24));
        assertThat(m.top() + m.rows()).isLessThanOrEqualTo(32);
        assertThat(m.left() + m.columns()).isLessThanOrEqualTo(24);
      }
    }
    assertThat(others).isGreaterThan(3900);
    assertThat(boxes).isBetween(1780, 2120);
    assertThat(left / boxes).isGreaterThan(0.5); // what falls outside the image stays
    assertThat(new Mixes(List.of(), 9, Shape.of(3)).draw(1, 0)).isNull();
  }
}

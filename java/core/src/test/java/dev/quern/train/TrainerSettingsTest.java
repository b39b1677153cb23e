package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.internal.Memory;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.optim.Lookahead;
import dev.quern.optim.ParameterGroup;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each setting of a trainer against the same thing done by hand. */
class TrainerSettingsTest {
  private static final Network NET =
      Network.of(
          "small",
          Shape.of(1, 12, 12),
          new Conv2d(3, 3),
          new BatchNorm2d(),
          new Relu(),
          new Flatten(),
          new Linear(4));
  private static final Network PLAIN =
      Network.of("plain", Shape.of(1, 12, 12), new Conv2d(3, 3), new Flatten(), new Linear(4));
  private static final Dataset DATA = Synthetic.quarters(32, 1);

  private static TrainerBuilder trainer(Network net) {
    return Trainer.builder(net).batch(8).optimizer(new Sgd(0.1f));
  }

  /** Steps 0 to {@code steps - 1} on eight images each. */
  private static Map<String, float[]> after(int steps, TrainerBuilder builder) {
    try (Trainer t = builder.build()) {
      step(t, 0, steps);
      return weights(t);
    }
  }

  private static void step(Trainer t, int from, int to) {
    for (int s = from; s < to; s++) {
      batch(t, s * 8 % DATA.size(), 8);
    }
  }

  private static void batch(Trainer t, int first, int n) {
    try (Arena a = new Arena()) {
      float[] x = new float[n * 144];
      int[] labels = new int[n];
      for (int i = 0; i < n; i++) {
        byte[] image = DATA.image(first + i);
        for (int p = 0; p < 144; p++) {
          x[i * 144 + p] = (image[p] & 255) / 255f;
        }
        labels[i] = DATA.label(first + i);
      }
      t.step(a.tensor(Shape.of(n, 1, 12, 12), x), labels);
    }
  }

  private static Map<String, float[]> weights(Trainer t) {
    return t.state().weights();
  }

  private static Map<String, float[]> first(Network net) {
    return after(0, trainer(net));
  }

  private static void agree(Map<String, float[]> got, Map<String, float[]> wanted, double within) {
    assertThat(got.keySet()).isEqualTo(wanted.keySet());
    wanted.forEach(
        (name, w) -> {
          for (int i = 0; i < w.length; i++) {
            assertThat((double) got.get(name)[i])
                .as("%s[%d]", name, i)
                .isCloseTo(w[i], offset(within));
          }
        });
  }

  private interface Rule {
    double value(double from, double to);
  }

  private static Map<String, float[]> each(
      Map<String, float[]> from, Map<String, float[]> to, Rule rule) {
    Map<String, float[]> all = new LinkedHashMap<>();
    from.forEach(
        (name, f) -> {
          float[] values = new float[f.length];
          for (int i = 0; i < f.length; i++) {
            values[i] = (float) rule.value(f[i], to.get(name)[i]);
          }
          all.put(name, values);
        });
    return all;
  }

  @Test
  void accumulatedStepsAreOneOfALargerBatch() {
    Map<String, float[]> large;
    try (Trainer t = trainer(PLAIN).batch(24).build()) {
      batch(t, 0, 24);
      large = weights(t);
    }
    agree(after(3, trainer(PLAIN).accumulate(3)), large, 1e-6);
    assertThat(after(2, trainer(PLAIN).accumulate(3)).get("linear1.weight"))
        .as("nothing moves before the third step")
        .isEqualTo(first(PLAIN).get("linear1.weight"));
  }

  @Test
  void accumulationEndsWithTheEpoch() {
    try (Trainer t = trainer(PLAIN).accumulate(3).build()) {
      t.fit(DATA, 2); // four steps an epoch: three and one
      assertThat(t.state().progress().updates()).isEqualTo(4);
      assertThat(t.state().progress().accumulated()).isZero();
    }
  }

  /** The epoch's two steps are all that an update waits for. */
  @Test
  void accumulationThatTheEpochCutsShortIsTheMeanOfItsSteps() {
    List<Map<String, float[]>> all = new ArrayList<>();
    for (int steps : new int[] {2, 3}) {
      try (Trainer t = trainer(PLAIN).accumulate(steps).build()) {
        t.fit(DATA.slice(0, 16), 1);
        all.add(weights(t));
      }
    }
    agree(all.get(1), all.get(0), 0);
  }

  @Test
  void clipNormScalesTheWholeGradient() {
    Map<String, float[]> start = first(PLAIN);
    Map<String, float[]> free = after(1, trainer(PLAIN).optimizer(new Sgd(1)));
    double[] squares = new double[1];
    each(start, free, (a, b) -> squares[0] += (b - a) * (b - a));
    double norm = Math.sqrt(squares[0]);
    assertThat(norm).isGreaterThan(0.1);
    agree(
        after(1, trainer(PLAIN).optimizer(new Sgd(1)).clipNorm(norm / 3)),
        each(start, free, (a, b) -> a + (b - a) / 3),
        2e-6);
    agree(after(1, trainer(PLAIN).optimizer(new Sgd(1)).clipNorm(norm * 1.01)), free, 0);
  }

  @Test
  void clipValueBoundsEachGradient() {
    double limit = 0.01;
    Map<String, float[]> start = first(PLAIN);
    Map<String, float[]> free = after(1, trainer(PLAIN).optimizer(new Sgd(1)));
    Map<String, float[]> wanted =
        each(start, free, (a, b) -> a + Math.max(-limit, Math.min(limit, b - a)));
    assertThat(wanted.get("linear1.bias")).isNotEqualTo(free.get("linear1.bias"));
    agree(after(1, trainer(PLAIN).optimizer(new Sgd(1)).clipValue(limit)), wanted, 1e-6);
  }

  @Test
  void emaFollowsWeightsAndStatisticsAndIsWhatAModelGets() {
    Map<String, float[]> wanted = after(1, trainer(NET));
    for (int steps = 2; steps <= 4; steps++) {
      wanted = each(wanted, after(steps, trainer(NET)), (ema, w) -> 0.8 * ema + 0.2 * w);
    }
    try (Trainer t = trainer(NET).ema(0.8).build()) {
      step(t, 0, 4);
      agree(t.modelData(DATA.classes(), Map.of()).weights(), wanted, 1e-6);
      agree(weights(t), after(4, trainer(NET)), 0);
      Evaluation averaged = t.evaluate(DATA);
      try (Trainer plain = trainer(NET).weights(wanted).build()) {
        assertThat(averaged.loss()).isCloseTo(plain.evaluate(DATA).loss(), offset(1e-5));
      }
    }
  }

  @Test
  void lookaheadGoesOnFromTheSlowWeights() {
    Map<String, float[]> slow =
        each(first(PLAIN), after(2, trainer(PLAIN)), (s, fast) -> s + 0.25 * (fast - s));
    Map<String, float[]> fast;
    try (Trainer t = trainer(PLAIN).weights(slow).build()) {
      step(t, 2, 4);
      fast = weights(t);
    }
    agree(
        after(4, trainer(PLAIN).lookahead(new Lookahead(2, 0.25f))),
        each(slow, fast, (s, f) -> s + 0.25 * (f - s)),
        1e-6);
  }

  @Test
  void lookaheadsShareMovesOverAFit() {
    Lookahead moving = new Lookahead(2, 1, 0.25f, 3);
    assertThat(moving.at(0)).isEqualTo(1);
    assertThat(moving.at(0.5)).isEqualTo(1 - 0.75 / 8);
    assertThat(moving.at(1)).isEqualTo(0.25);
    Dataset two = DATA.slice(0, 16);
    agree(fitted(moving, two), fitted(new Lookahead(2, 0.25f), two), 0);
    Map<String, float[]> four = fitted(moving, DATA);
    for (float constant : new float[] {0.25f, 1}) {
      assertThat(four.get("conv2d1.weight"))
          .isNotEqualTo(fitted(new Lookahead(2, constant), DATA).get("conv2d1.weight"));
    }
    assertThatThrownBy(() -> moving.at(1.5)).hasMessageContaining("1.5 is outside [0, 1]");
    assertThatThrownBy(() -> new Lookahead(2, 1, 0, 3)).hasMessageContaining("last 0.0");
    assertThatThrownBy(() -> new Lookahead(2, 1, 1, 0)).hasMessageContaining("power 0");
  }

  /** After an epoch, an update for eight images. */
  private static Map<String, float[]> fitted(Lookahead l, Dataset data) {
    try (Trainer t = trainer(PLAIN).lookahead(l).build()) {
      t.fit(data, 1);
      return weights(t);
    }
  }

  @Test
  void frozenParametersStay() {
    Map<String, float[]> start = first(NET);
    Map<String, float[]> got =
        after(
            3, trainer(NET).optimizer(new Sgd(0.1f, 0.9f, 0.01f, false)).freeze("conv*", "*.bias"));
    assertThat(got.get("conv2d1.weight")).isEqualTo(start.get("conv2d1.weight"));
    assertThat(got.get("linear1.bias")).isEqualTo(start.get("linear1.bias"));
    assertThat(got.get("linear1.weight")).isNotEqualTo(start.get("linear1.weight"));
    assertThat(got.get("batch_norm2d1.running_mean"))
        .isNotEqualTo(start.get("batch_norm2d1.running_mean"));
    assertThatThrownBy(() -> trainer(NET).freeze("con").build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("con")
        .hasMessageContaining("conv2d1.weight");
  }

  @Test
  void refusesNulls() {
    assertThatThrownBy(() -> trainer(NET).freeze("conv*", null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("trainer: freeze patterns has a null");
    assertThatThrownBy(() -> trainer(NET).weights(null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("trainer: weights is null");
    Map<String, float[]> hole = new HashMap<>();
    hole.put("conv2d1.bias", null);
    assertThatThrownBy(() -> trainer(NET).weights(hole))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("trainer: weight conv2d1.bias is null");
  }

  @Test
  void groupsHaveRateAndDecayOfTheirOwnAndTheLastRules() {
    Map<String, float[]> start = first(PLAIN);
    Map<String, float[]> free = after(1, trainer(PLAIN));
    Map<String, float[]> got =
        after(
            1,
            trainer(PLAIN)
                .group(new ParameterGroup("*", 3))
                .group(new ParameterGroup("conv*", 0.5f))
                .group(new ParameterGroup("linear1.weight", 1, 2)));
    Map<String, float[]> wanted = each(start, free, (a, b) -> a + 3 * (b - a));
    Map<String, float[]> half = each(start, free, (a, b) -> a + 0.5 * (b - a));
    Map<String, float[]> decayed = each(start, free, (a, b) -> b - 0.1 * 2 * a);
    wanted.put("conv2d1.weight", half.get("conv2d1.weight"));
    wanted.put("conv2d1.bias", half.get("conv2d1.bias"));
    wanted.put("linear1.weight", decayed.get("linear1.weight"));
    agree(got, wanted, 1e-6);
  }

  @Test
  void decayWeightsOnlySparesBiasesAndNormalisation() {
    Sgd decaying = new Sgd(0.1f, 0, 0.5f, false);
    Map<String, float[]> start = first(NET);
    Map<String, float[]> free = after(1, trainer(NET));
    Map<String, float[]> got = after(1, trainer(NET).optimizer(decaying).decayWeightsOnly());
    for (String spared :
        List.of("conv2d1.bias", "linear1.bias", "batch_norm2d1.weight", "batch_norm2d1.bias")) {
      assertThat(got.get(spared)).as(spared).isEqualTo(free.get(spared));
    }
    Map<String, float[]> decayed = each(start, free, (a, b) -> b - 0.1 * 0.5 * a);
    agree(
        Map.of("linear1.weight", got.get("linear1.weight")),
        Map.of("linear1.weight", decayed.get("linear1.weight")),
        1e-6);
  }

  @Test
  void memoryLimitIsRefusedWithFigures() {
    long bytes;
    try (Trainer t = trainer(NET).build()) {
      bytes = t.bytes();
    }
    long live = Memory.live(); // the collector may free what others forgot, so that it is a bound
    assertThatThrownBy(() -> trainer(NET).memoryLimit(bytes - 1).build())
        .isInstanceOf(MemoryLimitException.class)
        .hasMessageContaining("limit of " + (bytes - 1))
        .hasMessageContaining("plans ");
    assertThat(Memory.live()).as("nothing stays behind").isLessThanOrEqualTo(live);
    try (Trainer t = trainer(NET).memoryLimit(bytes).build()) {
      t.fit(DATA, 1);
      long trainers = Memory.live();
      assertThatThrownBy(() -> t.evaluate(DATA)).isInstanceOf(MemoryLimitException.class);
      assertThat(Memory.live()).as("nothing stays behind").isLessThanOrEqualTo(trainers);
      assertThat(t.fit(DATA, 1).epochs()).as("still of use").hasSize(1);
    }
  }
}

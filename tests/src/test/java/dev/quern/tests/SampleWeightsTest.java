package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.augment.MixUp;
import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.data.Sampler;
import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.Mixes;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingListener;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Samples that count more or less in the loss, against samples that are trained on alone. */
class SampleWeightsTest {
  private static final Shape IMAGE = Shape.of(2, 5, 6);
  private static final int SAMPLES = 7;
  private static final int CLASSES = 3;
  private static final long SEED = 9;
  private static final float[] CLASS_WEIGHTS = {0.5f, 2, 1.25f};
  private static final float[] WEIGHTS = {1, 0, 2.5f, 0.25f, 1, 3, 0.5f};

  @BeforeAll
  static void loadNativeLibrary() {
    Engine.info();
  }

  /** A loss, and whether targets are at positions. */
  record Case(Loss loss, String targets) {}

  static Stream<Case> cases() {
    CrossEntropy weighted = new CrossEntropy(0.1f, CLASS_WEIGHTS, Reduction.MEAN);
    List<Case> all = new ArrayList<>();
    for (Loss loss : List.of(new CrossEntropy(), weighted, new SoftmaxFocal())) {
      all.add(new Case(loss, "label"));
      all.add(new Case(loss, "row"));
      all.add(new Case(loss, "labels"));
      all.add(new Case(loss, "pixels"));
    }
    all.add(new Case(new CrossEntropy(0.2f, CLASS_WEIGHTS, Reduction.SUM), "label"));
    all.add(new Case(new Dice(), "labels"));
    all.add(new Case(new Dice(), "pixels"));
    for (Loss loss : List.of(new BceWithLogits(), new Mse(), new Huber(), new SigmoidFocal())) {
      all.add(new Case(loss, "row"));
      all.add(new Case(loss, "pixels"));
    }
    return all.stream();
  }

  private static Dataset data(String targets) {
    Values values = Values.floats(8);
    float[] x = values.array(SAMPLES, 2, 5, 6).toFloats();
    int[] labels = values.labels(SAMPLES, CLASSES);
    Dataset data = Dataset.of("noise", IMAGE, List.of("a", "b", "c"), x, labels);
    if (targets.equals("label")) {
      return data;
    }
    Shape shape =
        switch (targets) {
          case "row" -> Shape.of(CLASSES);
          case "labels" -> Shape.of(5, 6);
          default -> Shape.of(CLASSES, 5, 6);
        };
    float[] all = new float[SAMPLES * (int) shape.elements()];
    for (int i = 0; i < all.length; i++) {
      int most = targets.equals("labels") ? CLASSES : 1;
      all[i] = values.nextInt(0, most);
      all[i] = all[i] == CLASSES ? -100 : all[i]; // ignored
    }
    return data.withTargets(shape, FloatBuffer.wrap(all));
  }

  private static Trainer trainer(Case of) {
    return builder(of).build();
  }

  private static TrainerBuilder builder(Case of) {
    boolean rows = of.targets().equals("label") || of.targets().equals("row");
    Layer[] layers =
        rows
            ? new Layer[] {new Conv2d(4, 3).padding(1), new Flatten(), new Linear(CLASSES)}
            : new Layer[] {new Conv2d(4, 3).padding(1), new Conv2d(CLASSES, 3).padding(1)};
    Network network = Network.of("n", IMAGE, layers);
    return Trainer.builder(network).loss(of.loss()).batch(SAMPLES).optimizer(new Sgd(0f));
  }

  /** What the mean divides by: class weights of a sample's labels. */
  private static double divisor(Case of, Dataset data, int i) {
    if (of.loss().reduction() == Reduction.SUM
        || of.loss() instanceof Dice
        || of.targets().equals("row")
        || of.targets().equals("pixels")) {
      return 1;
    }
    boolean weighted = of.loss() instanceof CrossEntropy c && c.classWeights() != null;
    float[] labels = data.hasTargets() ? data.target(i) : new float[] {data.label(i)};
    double sum = 0;
    for (float label : labels) {
      sum += label < 0 ? 0 : weighted ? CLASS_WEIGHTS[(int) label] : 1;
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isTheMeanByWeight(Case of) {
    Dataset data = data(of.targets());
    boolean sum = of.loss().reduction() == Reduction.SUM;
    double all = 0;
    double loss = 0;
    Map<String, double[]> wanted = new HashMap<>();
    try (Trainer one = trainer(of);
        Trainer whole = trainer(of)) {
      for (int i = 0; i < SAMPLES; i++) {
        double part = WEIGHTS[i] * divisor(of, data, i);
        all += part;
        loss += part * one.fit(data.slice(i, i + 1), 1).epochs().get(0).loss();
        add(wanted, one.gradients(), part);
      }
      double by = sum ? 1 : all;
      double got = whole.fit(data.withWeights(WEIGHTS), 1).epochs().get(0).loss();
      assertThat(got).isCloseTo(loss / by, within(1e-6 * Math.max(1, Math.abs(loss / by))));
      whole
          .gradients()
          .forEach(
              (name, g) -> {
                for (int i = 0; i < g.length; i++) {
                  double w = wanted.get(name)[i] / by;
                  assertThat((double) g[i]).as(name).isCloseTo(w, within(2e-5 * (1 + Math.abs(w))));
                }
              });
    }
  }

  private static void add(Map<String, double[]> sums, Map<String, float[]> g, double part) {
    g.forEach(
        (name, v) -> {
          double[] sum = sums.computeIfAbsent(name, n -> new double[v.length]);
          for (int i = 0; i < v.length; i++) {
            sum[i] += part * v[i];
          }
        });
  }

  /** PyTorch's class weights are weights of the samples of a class. */
  @Test
  void classWeightsAreWeightsBySample() {
    Dataset data = data("label");
    float[] weights = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      weights[i] = CLASS_WEIGHTS[data.label(i)];
    }
    CrossEntropy loss = new CrossEntropy(0, CLASS_WEIGHTS, Reduction.MEAN);
    try (Trainer byClass = trainer(new Case(loss, "label"));
        Trainer bySample = trainer(new Case(new CrossEntropy(), "label"))) {
      double wanted = byClass.fit(data, 1).epochs().get(0).loss();
      double got = bySample.fit(data.withWeights(weights), 1).epochs().get(0).loss();
      assertThat(got).isCloseTo(wanted, within(1e-7));
      // evaluation has none
      assertThat(bySample.evaluate(data.withWeights(weights))).isEqualTo(bySample.evaluate(data));
    }
  }

  @Test
  void allZeroIsRefused() {
    Dataset data = data("label").withWeights(new float[SAMPLES]);
    try (Trainer t = trainer(new Case(new CrossEntropy(), "label"))) {
      assertThatThrownBy(() -> t.fit(data, 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("weights of all samples of data set noise are 0");
    }
  }

  /** The first batch has no loss and no gradient; the second one trains. */
  @Test
  void thoseOfABatchMayAllBeZero() {
    Dataset data = data("label").withWeights(0, 0, 0, 0, 1, 1, 1);
    List<Double> losses = new ArrayList<>();
    List<Map<String, float[]>> gradients = new ArrayList<>();
    try (Trainer t =
        builder(new Case(new CrossEntropy(), "label"))
            .batch(4)
            .sampler(Sampler.SEQUENTIAL)
            .build()) {
      TrainingListener keep =
          new TrainingListener() {
            @Override
            public void onStep(Step s) {
              losses.add(s.loss());
              gradients.add(t.gradients());
            }
          };
      t.fit(data, 1, keep);
    }
    assertThat(losses).hasSize(2);
    assertThat(losses.get(0)).isZero();
    assertThat(gradients.get(0).values()).allSatisfy(g -> assertThat(g).containsOnly(0f));
    assertThat(losses.get(1)).isPositive();
  }

  @Test
  void viewsHaveThem() {
    Dataset data = data("label").withWeights(WEIGHTS);
    Dataset some = data.subset(new int[] {5, 2}).slice(1, 2).withTargets(new float[][] {{1, 0, 0}});
    assertThat(some.hasWeights()).isTrue();
    assertThat(some.weight(0)).isEqualTo(2.5f);
    assertThat(data.withClasses(List.of("x", "y", "z")).weight(5)).isEqualTo(3);
    assertThat(data("label").hasWeights()).isFalse();
    assertThat(data("label").weight(1)).isEqualTo(1);
  }

  /** A mixture of weighted samples, against the same one made by hand. */
  @Test
  void mixturesMixThem() {
    Network network = Network.of("n", IMAGE, new Flatten(), new Linear(CLASSES));
    double own = new Mixes(List.of(new MixUp(5)), SEED, IMAGE).draw(1, 0).own();
    assertThat(own).isBetween(0.1, 0.9);
    double[] losses = new double[2];
    for (int i = 0; i < 2; i++) {
      TrainerBuilder b =
          Trainer.builder(network).batch(SAMPLES).seed(SEED).sampler(Sampler.SEQUENTIAL);
      try (Trainer t = i == 0 ? b.mix(new MixUp(5)).build() : b.build()) {
        Dataset of = i == 0 ? data("label").withWeights(WEIGHTS) : mixedByHand(own);
        losses[i] = t.fit(of, 1).epochs().get(0).loss();
      }
    }
    assertThat(losses[0]).isCloseTo(losses[1], within(1e-6));
  }

  private static Dataset mixedByHand(double own) {
    Dataset data = data("label");
    int each = (int) IMAGE.elements();
    float[] x = new float[SAMPLES * each];
    float[][] rows = new float[SAMPLES][CLASSES];
    float[] weights = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      int j = i == 0 ? SAMPLES - 1 : i - 1;
      float[] mine = data.floats(i);
      float[] others = data.floats(j);
      for (int k = 0; k < each; k++) {
        x[i * each + k] = (float) (own * mine[k] + (1 - own) * others[k]);
      }
      rows[i][data.label(i)] += (float) own;
      rows[i][data.label(j)] += (float) (1 - own);
      weights[i] = (float) (own * WEIGHTS[i] + (1 - own) * WEIGHTS[j]);
    }
    return Dataset.of("mixed", IMAGE, data.classes(), x, new int[SAMPLES])
        .withTargets(rows)
        .withWeights(weights);
  }

  /** Each head by the weights of its own set, which one of them does not have. */
  @Test
  void ofSeveralOutputsEachGoesByItsOwn() {
    Dataset left = data("label").withWeights(WEIGHTS);
    Dataset right = data("row");
    Network both =
        Network.builder("both", IMAGE)
            .add("flat", new Flatten())
            .add("left", new Linear(CLASSES))
            .add("right", new Linear(CLASSES), "flat")
            .output("left", "right")
            .build();
    MultiDataset data =
        MultiDataset.of(Map.of("input", left), Map.of("left", left, "right", right));
    try (Trainer t = Trainer.builder(both).loss("right", new Mse(), 1).batch(SAMPLES).build()) {
      Map<String, float[]> weights = t.modelData(Map.of()).weights();
      double wanted =
          alone("left", new CrossEntropy(), weights, left)
              + alone("right", new Mse(), weights, right);
      assertThat(t.fit(data, 1).epochs().get(0).loss()).isCloseTo(wanted, within(1e-6));
      assertThat(alone("right", new Mse(), weights, right.withWeights(WEIGHTS)))
          .isNotCloseTo(alone("right", new Mse(), weights, right), within(1e-3));
    }
  }

  /** The loss of a head with these weights, by itself. */
  private static double alone(String head, Loss loss, Map<String, float[]> weights, Dataset data) {
    Network network =
        Network.builder(head, IMAGE)
            .add("flat", new Flatten())
            .add(head, new Linear(CLASSES))
            .build();
    Map<String, float[]> own = new HashMap<>(weights);
    own.keySet().retainAll(network.state().keySet());
    try (Trainer t = Trainer.builder(network).weights(own).loss(loss).batch(SAMPLES).build()) {
      return t.fit(data, 1).epochs().get(0).loss();
    }
  }

  @Test
  void refusesOthers() {
    Dataset data = data("label");
    for (float w : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> data.withWeights(1, 1, 1, 1, 1, 1, w))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("data set noise: weight " + w + " must be finite and at least 0");
    }
    assertThatThrownBy(() -> data.withWeights(1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("data set noise: 1 weights do not fit 7 samples");
    CustomLoss own = values -> 1;
    Dataset rows = data("row").withWeights(WEIGHTS);
    try (Trainer t = trainer(new Case(own, "row"))) {
      assertThatThrownBy(() -> t.fit(rows, 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("samples of data set noise cannot have weights");
    }
  }
}

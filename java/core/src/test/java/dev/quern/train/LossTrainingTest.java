package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Softmax;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.Mse;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Goal;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Training and evaluation under every loss. */
class LossTrainingTest {
  private static final Dataset DATA = Synthetic.quarters(200, 1);

  private static Network network(Layer... tail) {
    List<Layer> layers =
        new ArrayList<>(
            List.of(new Conv2d(5, 3), new Relu(), new MaxPool2d(2), new Flatten(), new Linear(4)));
    layers.addAll(List.of(tail));
    return Network.of("small", Shape.of(1, 12, 12), layers.toArray(Layer[]::new));
  }

  private static TrainerBuilder trainer(Loss loss) {
    return Trainer.builder(network())
        .batch(16)
        .normalization(DATA.normalization())
        .optimizer(new Sgd(0.05f, 0.9f))
        .loss(loss);
  }

  /** A row for each label, with {@code on} at it and {@code off} elsewhere. */
  private static Dataset rows(Dataset data, float on, float off) {
    float[][] rows = new float[data.size()][4];
    for (int i = 0; i < rows.length; i++) {
      Arrays.fill(rows[i], off);
      rows[i][data.label(i)] = on;
    }
    return data.withTargets(rows);
  }

  private static Map<String, float[]> weights(Trainer t) {
    return t.modelData(DATA.classes(), Map.of()).weights();
  }

  /** Mean squares; of labels, those of one-hot targets. */
  private record Squares() implements CustomLoss {
    @Override
    public double loss(Pass pass) {
      double sum = 0;
      int n = pass.outputs().length;
      for (int i = 0; i < n; i++) {
        double e = pass.outputs()[i] - pass.targets()[i];
        sum += e * e;
        pass.gradient()[i] = 2 * e / n;
      }
      return sum / n;
    }
  }

  @Test
  void customLossTakesLabelsAndHasAnAccuracy() {
    try (Trainer labels = trainer(new Squares()).build();
        Trainer targets = trainer(new Squares()).build()) {
      History.Epoch last = labels.fit(DATA, 4).epochs().get(3);
      assertThat(last.accuracy()).isBetween(0.5, 1.0);
      Evaluation of = labels.evaluate(DATA);
      int right = 0;
      try (Model model = Model.of(labels.modelData(Map.of()))) {
        for (int i = 0; i < DATA.size(); i++) {
          byte[] pixels = new byte[144];
          DATA.copyBytes(i, ByteBuffer.wrap(pixels));
          right +=
              DATA.classes().get(DATA.label(i)).equals(model.classify(pixels, 1).get(0).label())
                  ? 1
                  : 0;
        }
      }
      assertThat(of.accuracy()).isEqualTo((double) right / DATA.size());
      targets.fit(rows(DATA, 1, 0), 4);
      assertThat(targets.evaluate(rows(DATA, 1, 0)).accuracy()).isNaN();
      weights(labels).forEach((name, w) -> assertThat(weights(targets).get(name)).isEqualTo(w));
    }
  }

  @Test
  void oneHotTargetsTrainAsLabelsDo() {
    Dataset oneHot = rows(DATA, 1, 0);
    try (Trainer labels = trainer(new CrossEntropy()).build();
        Trainer targets = trainer(new CrossEntropy()).build()) {
      History a = labels.fit(DATA, 2);
      History b = targets.fit(oneHot, 2);
      weights(labels).forEach((name, w) -> assertThat(weights(targets).get(name)).isEqualTo(w));
      for (int i = 0; i < 2; i++) {
        assertThat(b.epochs().get(i).loss()).isEqualTo(a.epochs().get(i).loss());
        assertThat(b.epochs().get(i).accuracy()).isEqualTo(a.epochs().get(i).accuracy());
      }
      assertThat(targets.evaluate(oneHot)).isEqualTo(labels.evaluate(DATA));
      assertThat(targets.evaluate(DATA)).isEqualTo(labels.evaluate(DATA));
    }
  }

  @Test
  void learnsSeveralLabelsAndCountsEachOutput() {
    Dataset yesNo = rows(DATA, 1, 0);
    try (Trainer t = trainer(new BceWithLogits(3, 3, 3, 3)).build()) {
      History h = t.fit(yesNo, 6);
      assertThat(h.epochs().get(5).accuracy()).isBetween(0.9, 1.0);
      assertThat(h.epochs().get(5).loss()).isLessThan(h.epochs().get(0).loss());
      Dataset test = rows(Synthetic.quarters(50, 2), 1, 0);
      Evaluation e = t.evaluate(test);
      try (Model m = Model.of(t.modelData(DATA.classes(), Map.of()))) {
        assertSame(m.evaluate(test, new BceWithLogits()), e);
        assertThat(e.accuracy()).isEqualTo(rightOutputs(m, test));
      }
    }
  }

  /** A model's batches are others than a trainer's, and so is the order of the sum. */
  private static void assertSame(Evaluation got, Evaluation wanted) {
    assertThat(got.accuracy()).isEqualTo(Double.valueOf(wanted.accuracy()));
    assertThat(got.loss()).isCloseTo(wanted.loss(), within(1e-12));
    assertThat(got.images()).isEqualTo(wanted.images());
  }

  private static double rightOutputs(Model m, Dataset test) {
    int right = 0;
    try (Arena arena = new Arena()) {
      for (int i = 0; i < test.size(); i++) {
        float[] pixels = new float[144];
        for (int p = 0; p < 144; p++) {
          pixels[p] =
              ((test.image(i)[p] & 0xff) / 255f - m.data().normalization().mean()[0])
                  / m.data().normalization().std()[0];
        }
        float[] logits = m.predict(arena.tensor(Shape.of(1, 1, 12, 12), pixels)).toArray();
        for (int k = 0; k < 4; k++) {
          right += (logits[k] > 0) == (test.target(i)[k] > 0.5f) ? 1 : 0;
        }
      }
    }
    return right / (4.0 * test.size());
  }

  @Test
  void comesNearToNumbersAndHasNoAccuracy() {
    Dataset numbers = rows(DATA, 2, -1);
    List<String> metrics = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onMetric(Metric m) {
            metrics.add(m.name());
          }
        };
    for (Loss loss : List.of(new Mse(), new Huber(0.5))) {
      metrics.clear();
      try (Trainer t = trainer(loss).validation(numbers).build()) {
        History h = t.fit(numbers, 4, listener);
        History.Epoch last = h.epochs().get(3);
        assertThat(last.accuracy()).isNaN();
        assertThat(last.loss()).isLessThan(h.epochs().get(0).loss() / 2);
        Evaluation validation = last.validation().orElseThrow();
        assertThat(validation).isEqualTo(t.evaluate(numbers));
        assertThat(validation.accuracy()).isNaN();
        assertThat(validation.loss()).isCloseTo(last.loss(), within(0.1));
        assertThat(metrics).hasSize(4).containsOnly("validation_loss");
      }
    }
  }

  /** A network from image to image learns to copy, in callers' order of pixels. */
  @Test
  void imagesComeOutWhereTheLossTakesThem() {
    float[] pixels = new float[200 * 144];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (DATA.image(i / 144)[i % 144] & 0xff) / 255f;
    }
    Dataset copy = DATA.withTargets(Shape.of(1, 12, 12), FloatBuffer.wrap(pixels));
    Network n = Network.of("copy", Shape.of(1, 12, 12), new Conv2d(2, 1), new Conv2d(1, 1));
    try (Trainer t =
        Trainer.builder(n).batch(20).loss(new Mse()).optimizer(new Sgd(0.1f, 0.9f)).build()) {
      t.fit(copy, 10);
      assertThat(t.evaluate(copy).loss()).isLessThan(1e-3);
      try (Model m = Model.of(t.modelData(List.of(), Map.of()))) {
        assertSame(m.evaluate(copy, new Mse()), t.evaluate(copy));
        assertSame(m.evaluate(copy), t.evaluate(copy));
        assertThatThrownBy(() -> m.evaluate(DATA))
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessage(
                "mse: expects targets, but data set quarters has labels; cross_entropy and"
                    + " softmax_focal accept labels");
        assertThatThrownBy(() -> m.classify(DATA.image(0), 1))
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessage(
                "classify: output conv2d2 of network copy has the task image, not single_label or"
                    + " multi_label: use predict");
      }
    }
  }

  @Test
  void evaluationLeavesSmoothingAndWeightsOut() {
    try (Trainer plain = trainer(new CrossEntropy()).build();
        Trainer smoothed =
            trainer(new CrossEntropy(0.2f, new float[] {1, 2, 3, 4}, Reduction.SUM)).build()) {
      assertThat(smoothed.evaluate(DATA)).isEqualTo(plain.evaluate(DATA));
    }
  }

  @Test
  void settingsTellTheWholeLoss() {
    Map<Loss, String> texts =
        Map.of(
            new CrossEntropy(0.1f, new float[] {1, 2, 3, 4}, Reduction.SUM),
            "CrossEntropy[labelSmoothing=0.1, classWeights=[1.0, 2.0, 3.0, 4.0], reduction=SUM]",
            new BceWithLogits(1, 2, 3, 4),
            "BceWithLogits[classWeights=null, posWeights=[1.0, 2.0, 3.0, 4.0], reduction=MEAN]",
            new Mse(Reduction.SUM),
            "Mse[reduction=SUM]",
            new Huber(0.25),
            "Huber[delta=0.25, reduction=MEAN]");
    texts.forEach(
        (loss, text) -> {
          try (Trainer t = trainer(loss).build()) {
            assertThat(t.state().settings()).containsEntry("loss", text);
          }
        });
  }

  @Test
  void probabilitiesUnderCrossEntropyAreRefused() {
    assertThatThrownBy(() -> Trainer.builder(network(new Softmax(), new Flatten())).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage(
            "cross_entropy: expects logits, since it applies softmax itself, but network small ends"
                + " in softmax (layer softmax1)");
    Trainer.builder(network(new Softmax())).loss(new Mse()).build().close();
  }

  @Test
  void aLossReadsWhatComesBeforeTheEndingThatItApplies() {
    Map<String, float[]> plain = trained(network(), new CrossEntropy(), DATA);
    assertThat(trained(network(new Softmax()), new CrossEntropy(), DATA))
        .usingRecursiveComparison()
        .isEqualTo(plain);
    assertThat(trained(network(new LogSoftmax()), new CrossEntropy(), DATA))
        .usingRecursiveComparison()
        .isEqualTo(plain);
    Dataset rows = rows(DATA, 1, 0);
    assertThat(trained(network(new Sigmoid()), new BceWithLogits(), rows))
        .usingRecursiveComparison()
        .isEqualTo(trained(network(), new BceWithLogits(), rows));
  }

  /** The weights after training, and what the model with its own ending makes of the data. */
  private static Map<String, float[]> trained(Network network, Loss loss, Dataset data) {
    try (Trainer t = Trainer.builder(network).loss(loss).ema(0.5).build()) {
      t.fit(data, 2);
      ModelData made = t.modelData(List.of(), Map.of());
      assertThat(made.network().nodes()).isEqualTo(network.nodes());
      try (Model m = Model.of(made)) {
        assertThat(m.evaluate(data, loss)).isEqualTo(t.evaluate(data));
      }
      return made.weights();
    }
  }

  @Test
  void refusesDataThatDoesNotSuitTheLoss() {
    try (Trainer mse = trainer(new Mse()).build();
        Trainer bce = trainer(new BceWithLogits()).build();
        Trainer ce = trainer(new CrossEntropy()).build();
        Arena arena = new Arena()) {
      assertThatThrownBy(() -> mse.fit(DATA, 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage(
              "mse: expects targets, but data set quarters has labels; cross_entropy and"
                  + " softmax_focal accept labels");
      assertThatThrownBy(() -> bce.evaluate(DATA)).isInstanceOf(InvalidArgumentException.class);
      Dataset three = DATA.withTargets(new float[200][3]);
      assertThatThrownBy(() -> ce.fit(three, 1))
          .isInstanceOf(ShapeException.class)
          .hasMessage("network: output 4 does not fit the targets 3 of quarters");
      Tensor x = arena.tensor(Shape.of(2, 1, 12, 12));
      assertThatThrownBy(() -> mse.step(x, 0, 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("training: mse expects targets, found labels");
      assertThatThrownBy(() -> ce.step(x, arena.tensor(Shape.of(2, 3))))
          .isInstanceOf(ShapeException.class)
          .hasMessage("network: targets of shape 3 do not fit output 4");
      assertThatThrownBy(() -> ce.step(x, arena.tensor(Shape.of(3, 4))))
          .isInstanceOf(ShapeException.class)
          .hasMessage("training: targets 3x4 do not fit 2 images");
      assertThatThrownBy(() -> ce.step(x, (Tensor) null)).hasMessage("trainer: targets is null");
      Tensor bad = arena.tensor(Shape.of(2, 4), 0, 0, 0, 0, 0, Float.NaN, 0, 0);
      assertThatThrownBy(() -> mse.step(x, bad))
          .isInstanceOf(NumericException.class)
          .hasMessageContaining("the targets are not finite");
    }
    assertThatThrownBy(() -> trainer(new Mse()).validation(DATA).build())
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> trainer(new BceWithLogits(1, 2)).build())
        .isInstanceOf(ShapeException.class)
        .hasMessage("bce_with_logits: 2 pos weights do not fit output 4");
    EarlyStopping byAccuracy = new EarlyStopping(Goal.ACCURACY, 1, 0);
    assertThatThrownBy(
            () ->
                trainer(new Huber()).validation(rows(DATA, 1, 0)).earlyStopping(byAccuracy).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("early stopping: goal accuracy is not available for loss huber");
  }
}

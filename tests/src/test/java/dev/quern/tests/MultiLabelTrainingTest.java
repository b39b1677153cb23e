package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Dataset;
import dev.quern.io.NetworkJson;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Outputs;
import dev.quern.metric.Report;
import dev.quern.metric.Scorer;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.optim.Adam;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of any of three strokes: each label is learned for itself. */
class MultiLabelTrainingTest {
  private static final int SIDE = 12;
  private static final List<String> LABELS = List.of("across", "down", "dot");

  @TempDir Path folder;

  private static final Network NETWORK =
      Network.builder("strokes", Shape.of(1, SIDE, SIDE))
          .add("conv", new Conv2d(12, 5).padding(2))
          .add("relu", new Relu())
          .add("pool", new MaxPool2d(3))
          .add("flat", new Flatten())
          .add("body", new Linear(32))
          .add("relu2", new Relu())
          .add("labels", new Linear(3))
          .task(Task.multiLabel("across", "down", "dot"))
          .build();

  private static Dataset strokes(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[n * SIDE * SIDE];
    float[][] labels = new float[n][LABELS.size()];
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < LABELS.size(); c++) {
        labels[i][c] = random.nextInt(2);
        int y = random.nextInt(SIDE - 1);
        int x = random.nextInt(SIDE - 1);
        for (int k = 0; labels[i][c] == 1 && k < (c == 2 ? 4 : SIDE); k++) {
          int row = c == 0 ? y : c == 1 ? k : y + k / 2;
          int column = c == 0 ? k : c == 1 ? x : x + k % 2;
          pixels[(i * SIDE + row) * SIDE + column] = (byte) (c == 2 ? 120 : 250);
        }
      }
    }
    return Dataset.of("strokes", NETWORK.input(), LABELS, pixels, new int[n]).withTargets(labels);
  }

  @Test
  void eachLabelIsLearnt() {
    assertThat(NetworkJson.read(NetworkJson.write(NETWORK))).isEqualTo(NETWORK);
    Dataset train = strokes(600, 1);
    Dataset test = strokes(100, 2);
    new TrainingScenario(
            () -> Trainer.builder(NETWORK).batch(20).optimizer(new Adam(0.003f)).validation(test),
            (trainer, epochs, listener) -> trainer.fit(train, epochs, listener),
            trainer -> trainer.evaluate(test),
            12)
        .check(folder, trained -> scores(trained, test));
  }

  private static void scores(Trainer trained, Dataset test) {
    Scorer scorer = Scorer.multiLabel(LABELS.size(), LABELS, Outputs.LOGITS);
    Evaluation e = trained.evaluate(test);
    try (Model model = Model.of(trained.modelData(Map.of()));
        Arena arena = new Arena()) {
      assertThat(model.evaluate(test).accuracy()).isEqualTo(e.accuracy());
      for (int i = 0; i < test.size(); i++) {
        float[] pixels = new float[SIDE * SIDE];
        for (int p = 0; p < pixels.length; p++) {
          pixels[p] = (test.image(i)[p] & 0xff) / 255f;
        }
        float[] logits = model.predict(arena.tensor(test.shape().batch(1), pixels)).toArray();
        scorer.add(1, logits, test.target(i));
      }
    }
    Report r = scorer.report();
    assertThat(r.metric("accuracy")).isEqualTo(e.accuracy()).isGreaterThan(0.85);
    assertThat(r.metric("log_loss")).isCloseTo(e.loss(), within(1e-6));
    for (String score : List.of("f1_macro", "auc_macro", "average_precision_macro")) {
      assertThat(r.metric(score)).as("%s", r).isGreaterThan(0.85);
    }
  }
}

package dev.quern.report;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.train.History;
import dev.quern.train.LearningRateCurve;
import dev.quern.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Runs that nobody trained, for reports of them. */
final class Runs {
  static final List<String> CLASSES =
      List.of(
          "cat",
          "dog",
          "<script>alert(1)</script>",
          "a & b",
          "\"'\u202e\0",
          "f",
          "g",
          "h",
          "i",
          "j");

  private Runs() {}

  static ModelData model() {
    Network network = Networks.byName("lenet", Shape.of(1, 28, 28), 10);
    ModelData untrained = ModelData.untrained(network, 1);
    return new ModelData(
        network,
        untrained.weights(),
        Normalization.unit(1),
        CLASSES,
        Map.of("data", "<b>x</b>", "seed", "7"));
  }

  static Dataset data(int size) {
    byte[] pixels = new byte[size * 28 * 28];
    new Random(1).nextBytes(pixels);
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = i % 10;
    }
    return Dataset.of("</title>data", Shape.of(1, 28, 28), CLASSES, pixels, labels);
  }

  static History.Epoch epoch(int number) {
    double loss = 2.0 / number;
    return new History.Epoch(
        number,
        loss,
        1 - loss / 3,
        1.5,
        640,
        Optional.of(
            new Evaluation(0.5, loss + 0.1, 100, Map.of("accuracy", 0.5, "f1_macro", 0.4))));
  }

  static History history(int epochs) {
    List<History.Epoch> all = new ArrayList<>();
    for (int e = 1; e <= epochs; e++) {
      all.add(epoch(e));
    }
    return new History(all, History.StopReason.FINISHED);
  }

  static void hear(TrainingListener to, int epochs) {
    for (int e = 1; e <= epochs; e++) {
      for (int s = 1; s <= 20; s++) {
        to.onStep(new TrainingListener.Step(e, epochs, s, 20, 32, 2.0 / (e + s / 20.0), 0.1 / e));
      }
      to.onEpoch(epoch(e));
    }
  }

  static RunReport report(int epochs) {
    Curves curves = new Curves();
    hear(curves, epochs);
    return RunReport.of(model())
        .title("lenet on <i>data</i>")
        .history(history(epochs))
        .curves(curves)
        .evaluate("test", data(100))
        .facts(Map.of("command", "quern train --out </script>"))
        .build();
  }

  /** A range test. */
  static LearningRateCurve rates() {
    List<LearningRateCurve.Point> all = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      double lr = Math.pow(10, i / 10.0 - 7);
      double loss = i < 60 ? 2.3 - 1.5 / (1 + Math.exp((40 - i) / 4.0)) : 0.8 + (i - 60) * 0.2;
      all.add(new LearningRateCurve.Point(lr, loss + i % 5 * 0.04, loss));
    }
    return new LearningRateCurve(all, true);
  }
}

package app;

import dev.quern.data.Dataset;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.optim.AdamW;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;

/** Trains a few steps on images of bars, and predicts. Several consumers share this program. */
public class Bars {
  static final int SIDE = 16;

  public static void main(String[] args) {
    try (Model model = Model.of(train())) {
      for (int label = 0; label < 2; label++) {
        System.out.println("predicted " + model.classify(bar(label, 5), 1).get(0).label());
      }
    }
  }

  static ModelData train() {
    int count = 512;
    byte[] pixels = new byte[count * SIDE * SIDE];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 2;
      System.arraycopy(bar(labels[i], i / 2 % SIDE), 0, pixels, i * SIDE * SIDE, SIDE * SIDE);
    }
    Dataset bars =
        Dataset.of("bars", Shape.of(1, SIDE, SIDE), List.of("upright", "across"), pixels, labels);
    Network network =
        Network.of(
            "bars", bars.shape(),
            new Conv2d(8, 3), new Relu(), new MaxPool2d(2), new Flatten(), new Linear(2));
    try (Trainer trainer =
        Trainer.builder(network)
            .normalization(bars.normalization())
            .optimizer(new AdamW(0.003f))
            .build()) {
      trainer.fit(bars, 3);
      System.out.println(trainer.evaluate(bars));
      return trainer.modelData(bars.classes(), Map.of());
    }
  }

  /** A black image with one white bar: of label 0 it is upright, of label 1 across. */
  static byte[] bar(int label, int at) {
    byte[] pixels = new byte[SIDE * SIDE];
    for (int k = 0; k < SIDE; k++) {
      pixels[label == 0 ? k * SIDE + at : at * SIDE + k] = (byte) 255;
    }
    return pixels;
  }
}

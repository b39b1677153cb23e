package dev.quern.tests;

import dev.quern.data.Dataset;
import dev.quern.io.Checkpoints;
import dev.quern.io.ModelFile;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.optim.Adam;
import dev.quern.optim.Lookahead;
import dev.quern.optim.Schedule;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A training run with everything that has a state: goes on from the newest checkpoint in its
 * folder, writes one every few steps, and at its end a model.
 */
final class KillMain {
  /** More than all that the killed runs get done. */
  private static final int EPOCHS = Suite.FULL ? 60 : 40;

  private KillMain() {}

  public static void main(String[] args) {
    Path folder = Path.of(System.getProperty("quern.kill.folder"));
    Dataset data = data();
    try (Trainer trainer = trainer(data)) {
      Checkpoints checkpoints = Checkpoints.in(folder).everySteps(3).warnings(System.out::println);
      if (!checkpoints.isEmpty()) {
        trainer.restore(checkpoints.latest().state());
      }
      trainer.fit(data, EPOCHS, checkpoints.of(trainer));
      ModelFile.save(folder.resolve("model"), trainer.modelData(data.classes(), Map.of()));
    }
  }

  static Trainer trainer(Dataset data) {
    Network net =
        Network.of(
            "killed",
            Shape.of(1, 8, 8),
            new Conv2d(6, 3),
            new BatchNorm2d(),
            new Relu(),
            new Dropout(0.3f),
            new Flatten(),
            new Linear(3));
    return Trainer.builder(net)
        .batch(8)
        .optimizer(new Adam(0.003f))
        .schedule(Schedule.cosine())
        .accumulate(2)
        .ema(0.98)
        .lookahead(new Lookahead())
        .clipNorm(2)
        .validation(data.slice(0, 40))
        .normalization(data.normalization())
        .build();
  }

  static Dataset data() {
    Random random = new Random(3);
    byte[] pixels = new byte[200 * 64];
    int[] labels = new int[200];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = random.nextInt(3);
      for (int p = 0; p < 64; p++) {
        pixels[64 * i + p] = (byte) (random.nextInt(150) + (p / 24 == labels[i] ? 90 : 0));
      }
    }
    return Dataset.of("bars", Shape.of(1, 8, 8), List.of("a", "b", "c"), pixels, labels);
  }
}

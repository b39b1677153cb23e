package dev.quern.tests;

import dev.quern.data.Dataset;
import dev.quern.engine.Precision;
import dev.quern.error.QuernException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Trains a small network under the QUERN_TUNE of its environment, in a JVM of its own, and prints
 * what ran it and a line of numbers, which hardly depend on that. Under the system property {@code
 * tune.force} the implementation of that name is forced, under {@code tune.strict} precision is
 * strict.
 */
final class TuneMain {
  private static final Shape INPUT = Shape.of(8, 12, 12);
  private static final int BATCH = 6;
  private static final List<String> CLASSES = List.of("a", "b", "c", "d", "e");

  private TuneMain() {}

  static Network network() {
    return Network.builder("tuned", INPUT)
        .add("first", new Conv2d(16, 3).padding(1))
        .add("relu1", new Relu())
        .add("second", new Conv2d(16, 3).padding(1))
        .add("relu2", new Relu())
        .add("point", new Conv2d(8, 1))
        .add("up", new ConvTranspose2d(8, 2).stride(2))
        .add("relu3", new Relu())
        .add("flatten", new Flatten())
        .add("fc", new Linear(CLASSES.size()))
        .build();
  }

  public static void main(String[] args) {
    try {
      String forced = System.getProperty("tune.force");
      if (forced == null) {
        run();
      } else {
        Passes.forcing(forced, TuneMain::run);
      }
    } catch (QuernException e) {
      System.out.println(e.getClass().getSimpleName() + " " + e.getMessage());
      System.exit(IsaMain.REFUSED);
    }
  }

  private static void run() {
    Precision precision = Boolean.getBoolean("tune.strict") ? Precision.STRICT : Precision.DEFAULT;
    Values values = Values.floats(3);
    try (Arena arena = new Arena();
        Trainer trainer =
            Trainer.builder(network())
                .batch(BATCH)
                .optimizer(new Sgd(0.02f, 0.9f))
                .precision(precision)
                .build()) {
      trainer.implementations().byLayer().forEach((l, i) -> System.out.println(l + " ran " + i));
      Tensor images = Values.tensor(arena, values.array(INPUT.batch(BATCH)));
      StringBuilder numbers = new StringBuilder("numbers");
      for (int step = 0; step < 3; step++) {
        add(numbers, trainer.step(images, 0, 1, 2, 3, 4, 0));
      }
      trainer.gradients().values().forEach(g -> add(numbers, norm(g)));
      add(numbers, trainer.evaluate(images()).loss());
      try (Model model = Model.of(trainer.modelData(CLASSES, Map.of()), precision)) {
        System.out.println("model " + model.implementations());
        add(numbers, norm(model.predict(images).toArray()));
      }
      System.out.println(numbers);
    }
  }

  private static Dataset images() {
    byte[] pixels = new byte[(int) (BATCH * INPUT.elements())];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (31 * i);
    }
    return Dataset.of("some", Shape.of(8, 12, 12), CLASSES, pixels, new int[] {0, 1, 2, 3, 4, 0});
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float v : values) {
      sum += (double) v * v;
    }
    return Math.sqrt(sum);
  }

  private static void add(StringBuilder numbers, double value) {
    numbers.append(String.format(Locale.ROOT, " %.9g", value));
  }
}

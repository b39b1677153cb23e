package dev.quern.fuzz.faults;

import dev.quern.data.Dataset;
import dev.quern.error.QuernException;
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
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * A program that trains by the library's classes: goes on from the newest checkpoint in its folder,
 * writes one after each step, and a model at its end. All that has a state is in use.
 */
final class Tiny {
  static final String TYPED = "typed: ";
  static final String HEAP = "heap: ";
  private static final int EPOCHS = 8;
  private static final int IMAGES = 48;
  private static final int SIDE = 8;

  private Tiny() {}

  /**
   * @param args the folder; where its fit is interrupted, milliseconds from the start of fit on
   */
  public static void main(String[] args) throws InterruptedException {
    guarded(
        () -> {
          int[] interrupts = List.of(args).stream().skip(1).mapToInt(Integer::parseInt).toArray();
          train(Path.of(args[0]), interrupts);
        });
  }

  /** What a case runs. */
  interface Body {
    void run() throws InterruptedException;
  }

  /** As any program would: a typed error is told in a line, any other ends the JVM. */
  static void guarded(Body body) throws InterruptedException {
    try {
      body.run();
    } catch (QuernException e) {
      System.out.println(TYPED + e.getClass().getSimpleName() + ": " + e.getMessage());
      System.exit(1);
    } catch (OutOfMemoryError e) {
      System.out.println(HEAP + e.getMessage());
      System.exit(1);
    }
  }

  private static void train(Path folder, int... interrupts) throws InterruptedException {
    Dataset data = data();
    try (Trainer trainer = trainer(data)) {
      Checkpoints checkpoints =
          Checkpoints.in(folder)
              .everySteps(1)
              .warnings(w -> System.out.println("passed over: " + w));
      if (!checkpoints.isEmpty()) {
        trainer.restore(checkpoints.latest().state());
      }
      TrainingListener listener = checkpoints.of(trainer);
      for (int afterMillis : interrupts) {
        interrupted(afterMillis, () -> trainer.fit(data, EPOCHS, listener), trainer, checkpoints);
      }
      trainer.fit(data, EPOCHS, listener);
      ModelFile.save(folder.resolve("model"), trainer.modelData(data.classes(), Map.of()));
    }
    System.out.println("done");
  }

  /** An interrupt ends nothing but the call of fit, if that; the flag stays. */
  private static void interrupted(
      int afterMillis, Supplier<History> fit, Trainer trainer, Checkpoints checkpoints)
      throws InterruptedException {
    Thread main = Thread.currentThread();
    Thread other =
        new Thread(
            () -> {
              try {
                Thread.sleep(afterMillis);
              } catch (InterruptedException e) {
                return;
              }
              main.interrupt();
            });
    other.start();
    History history = fit.get();
    while (other.isAlive()) {
      Thread.onSpinWait(); // a join would clear the flag
    }
    if (history.stopReason() == History.StopReason.STOPPED) {
      checkpoints.save(trainer); // with the flag set
    }
    System.out.println("interrupted: " + history.stopReason() + ", flag " + Thread.interrupted());
  }

  private static Trainer trainer(Dataset data) {
    Network net =
        Network.of(
            "tiny",
            Shape.of(1, SIDE, SIDE),
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
        .validation(data.slice(0, 16))
        .normalization(data.normalization())
        .build();
  }

  private static Dataset data() {
    Random random = new Random(3);
    int area = SIDE * SIDE;
    byte[] pixels = new byte[IMAGES * area];
    int[] labels = new int[IMAGES];
    for (int i = 0; i < IMAGES; i++) {
      labels[i] = random.nextInt(3);
      for (int p = 0; p < area; p++) {
        pixels[area * i + p] = (byte) (random.nextInt(150) + (p / 24 == labels[i] ? 90 : 0));
      }
    }
    return Dataset.of("bars", Shape.of(1, SIDE, SIDE), List.of("a", "b", "c"), pixels, labels);
  }
}

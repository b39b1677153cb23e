package dev.quern.tests;

import dev.quern.engine.Engine;
import dev.quern.error.QuernException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;

/** Loads the native library in a JVM of its own, trains a step, and says what happened. */
public final class LoadMain {
  /** The exit status where Quern refuses to start. */
  static final int REFUSED = 3;

  private LoadMain() {}

  public static void main(String[] args) {
    try {
      if (args.length > 0) {
        System.out.println("large " + trainLarge());
      }
      System.out.println(train());
      System.out.println(Engine.info().openblasConfig());
    } catch (QuernException e) {
      System.out.println(e.getClass().getName() + ": " + e.getMessage());
      System.exit(REFUSED);
    }
  }

  /** Most of a gigabyte off-heap, in two steps; the bytes of the plan in MiB. */
  private static long trainLarge() {
    Network network =
        Network.of(
            "large",
            Shape.of(3, 256, 256),
            new Conv2d(64, 3).padding(1),
            new Relu(),
            new Conv2d(64, 3).padding(1),
            new Flatten(),
            new Linear(4));
    try (Trainer trainer = Trainer.builder(network).build();
        Arena arena = new Arena()) {
      Tensor images = arena.tensor(Shape.of(2, 3, 256, 256));
      for (int i = 0; i < 2; i++) {
        trainer.step(images, new int[] {0, 1});
      }
      return train().isEmpty() ? 0 : trainer.bytes() >> 20; // while that memory is held
    }
  }

  /** Called by other class loaders, too. */
  public static String train() {
    Network network =
        Network.of(
            "small",
            Shape.of(3, 16, 16),
            new Conv2d(8, 3).padding(1),
            new Relu(),
            new Flatten(),
            new Linear(4));
    try (Trainer trainer = Trainer.builder(network).build();
        Arena arena = new Arena()) {
      Tensor images = Values.tensor(arena, Values.floats(1).array(2, 3, 16, 16));
      float loss = (float) trainer.step(images, new int[] {1, 3});
      return "loss " + loss;
    }
  }
}

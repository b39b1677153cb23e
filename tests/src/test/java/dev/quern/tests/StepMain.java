package dev.quern.tests;

import dev.quern.engine.Engine;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Trains a few steps in a JVM of its own, and prints what the weights came to. */
final class StepMain {
  private static final int BATCH = 8;

  private StepMain() {}

  public static void main(String[] args) {
    Network network =
        Network.of(
            "steps",
            Shape.of(3, 16, 16),
            new Conv2d(16, 3).padding(1),
            new BatchNorm2d(),
            new Relu(),
            new MaxPool2d(2),
            new Conv2d(24, 5),
            new Relu(),
            new Flatten(),
            new Linear(10));
    try (Trainer trainer =
            Trainer.builder(network).batch(BATCH).optimizer(new Sgd(0.05f, 0.9f)).build();
        Arena arena = new Arena()) {
      Tensor images = Values.tensor(arena, Values.floats(7).array(BATCH, 3, 16, 16));
      for (int step = 0; step < 3; step++) {
        trainer.step(images, new int[] {0, 1, 2, 3, 4, 5, 6, 7});
      }
      int bits =
          trainer.modelData(List.of(), Map.of()).weights().values().stream()
              .mapToInt(Arrays::hashCode)
              .sum();
      System.out.println("isa " + Engine.info().isa() + ", weights " + bits);
    }
  }
}

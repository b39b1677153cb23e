package dev.quern.tests;

import dev.quern.data.Dataset;
import dev.quern.error.QuernException;
import dev.quern.io.Checkpoint;
import dev.quern.io.Checkpoints;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.optim.Adam;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.file.Path;

/**
 * Writes a checkpoint that fits what the system lets a file have, then, with the optimizer's state,
 * one that does not; prints the error, and which checkpoint is found.
 */
final class FullDiskMain {
  private FullDiskMain() {}

  public static void main(String[] args) {
    Dataset data = KillMain.data();
    Network wide =
        Network.of(
            "wide",
            Shape.of(1, 8, 8),
            new Flatten(),
            new Linear(6000),
            new Linear(20, false),
            new Linear(3));
    Checkpoints checkpoints = Checkpoints.in(Path.of(System.getProperty("quern.kill.folder")));
    try (Trainer trainer = Trainer.builder(wide).optimizer(new Adam()).build()) {
      checkpoints.save(trainer);
      try {
        trainer.fit(data, 1, checkpoints.of(trainer));
        System.out.println("no error");
      } catch (QuernException e) {
        System.out.println(e.getClass().getSimpleName() + " " + e.getMessage());
      }
      Checkpoint found = checkpoints.latest();
      System.out.println("found steps " + found.state().progress().steps());
    }
  }
}

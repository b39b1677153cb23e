package dev.quern.io.dataset;

import dev.quern.data.Dataset.Kind;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.nio.file.Path;
import java.util.List;

/** Trains a step on a file larger than the heap, and evaluates its end. */
final class RecordFileMain {
  private RecordFileMain() {}

  /**
   * @param args the file, and channels and side of an image
   */
  public static void main(String[] args) {
    Shape shape =
        Shape.of(Long.parseLong(args[1]), Long.parseLong(args[2]), Long.parseLong(args[2]));
    Network network =
        Network.of("n", shape, new AdaptiveAvgPool2d(2), new Flatten(), new Linear(2));
    try (RecordFile file =
            RecordFile.open(Path.of(args[0]), "large", shape, Kind.BYTES, List.of("a", "b"));
        Trainer t = Trainer.builder(network).batch(4).build()) {
      t.fit(
          file,
          1,
          new TrainingListener() {
            @Override
            public void onStep(Step step) {
              t.stop();
            }
          });
      int n = file.size();
      System.out.println("steps " + t.state().progress().steps());
      System.out.println("evaluated " + t.evaluate(file.slice(n - 5, n)).images());
      System.out.println("last " + file.label(n - 1) + " " + file.image(n - 1)[0]);
    }
  }
}

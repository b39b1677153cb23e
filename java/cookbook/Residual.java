import dev.quern.data.Dataset;
import dev.quern.io.*;
import dev.quern.io.dataset.*;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.layer.math.*;
import dev.quern.network.Network;
import dev.quern.optim.*;
import dev.quern.train.*;
import java.nio.file.Path;

/**
 * Trains a residual network with checkpoints. Killed and started again, it goes on where it was,
 * and the result is bit-identical.
 */
public class Residual {
  public static void main(String[] args) {
    String name = "fashion-mnist-sample";
    Dataset all = Datasets.load(name, Split.TRAIN);
    Dataset heldOut = all.shuffled(1).slice(0, 1000);
    Dataset train = all.shuffled(1).slice(1000, all.size());
    Checkpoints checkpoints = Checkpoints.in(Path.of(args[0])).everySteps(100).keep(2);
    try (Trainer trainer =
        Trainer.builder(network(train))
            .normalization(train.normalization())
            .optimizer(new AdamW(0.003f))
            .decayWeightsOnly()
            .schedule(Schedule.oneCycle())
            .clipNorm(1)
            .ema(0.99)
            .validation(heldOut)
            .build()) {
      if (!checkpoints.isEmpty()) {
        trainer.restore(checkpoints.latest().state()); // goes on in the middle of an epoch
      }
      History history = trainer.fit(train, 2, checkpoints.of(trainer));
      System.out.println(history.stopReason() + " " + history.epochs().get(1).validation().orElseThrow());
    }
  }

  private static Network network(Dataset data) {
    return Network.builder("residual", data.shape())
        .add("stem", new Conv2d(8, 3).stride(2).padding(1))
        .add("conv1", new Conv2d(8, 3).padding(1).bias(false))
        .add("bn1", new BatchNorm2d())
        .add("relu1", new Relu())
        .add("sum", new Add(), "relu1", "stem") // fed by name; other layers by the one before
        .add("pool", new MaxPool2d(2))
        .add("flatten", new Flatten())
        .add("fc", new Linear(data.classes().size()))
        .build();
  }
}

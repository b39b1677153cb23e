import dev.quern.data.Dataset;
import dev.quern.io.dataset.*;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.network.*;
import dev.quern.optim.*;
import dev.quern.predict.Model;
import dev.quern.tensor.*;
import dev.quern.train.Trainer;
import java.util.Map;

/** An image through a narrow place and out again: 784 pixels become 98 numbers, and pixels. */
public class Autoencoder {
  public static void main(String[] args) {
    Dataset train = Datasets.load("fashion-mnist-sample", Split.TRAIN).withSamplesAsTargets();
    Dataset test = Datasets.load("fashion-mnist-sample", Split.TEST).withSamplesAsTargets();
    Network network =
        Network.builder("autoencoder", train.shape())
            .add(new Conv2d(16, 3).stride(2).padding(1)).add(new Relu())
            .add("code", new Conv2d(2, 3).stride(2).padding(1))
            .add(new ConvTranspose2d(16, 2).stride(2)).add(new Relu())
            .add(new ConvTranspose2d(1, 2).stride(2)).add(new Sigmoid())
            .task(Task.image())
            .build();
    try (Trainer trainer =
        Trainer.builder(network)
            .optimizer(new AdamW(0.004f))
            .schedule(Schedule.oneCycle())
            .build()) {
      trainer.fit(train, 4);
      System.out.printf("off by %.2f%n", Math.sqrt(trainer.evaluate(test).loss()));
      try (Model encoder = Model.of(trainer.modelData(Map.of())).features("code");
          Arena arena = new Arena()) {
        Tensor image = arena.tensor(network.input().batch(1), test.target(0));
        System.out.println("code " + encoder.predict(image).shape());
      }
    }
  }
}

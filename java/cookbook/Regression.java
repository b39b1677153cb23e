import dev.quern.data.Dataset;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.loss.Mse;
import dev.quern.network.Network;
import dev.quern.optim.*;
import dev.quern.predict.*;
import dev.quern.tensor.*;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Learns numbers instead of classes: where in the image the bright spot is. */
public class Regression {
  private static final int SIDE = 16;

  public static void main(String[] args) {
    Dataset all = spots(3000);
    Dataset train = all.slice(0, 2500);
    Dataset test = all.slice(2500, 3000);
    Network network =
        Network.of(
            "spots", train.shape(),
            new Conv2d(8, 3).padding(1), new Relu(), new MaxPool2d(2),
            new Flatten(), new Linear(32), new Relu(), new Linear(2));
    try (Trainer trainer =
        Trainer.builder(network)
            .normalization(train.normalization())
            .loss(new Mse())
            .optimizer(new AdamW(0.002f))
            .schedule(Schedule.cosine())
            .build()) {
      trainer.fit(train, 10);
      double mse = trainer.evaluate(test).loss(); // mean over both coordinates
      System.out.printf("off by %.1f pixels%n", Math.sqrt(mse) * SIDE);
      ModelData data = trainer.modelData(List.of(), Map.of());
      try (Model model = Model.of(data);
          Arena arena = new Arena()) {
        Tensor place = model.predict(arena.tensor(network.input().batch(1), new float[SIDE * SIDE]));
        System.out.println("of a black image " + place.shape());
      }
    }
  }

  /** Targets are x and y as shares of the width. */
  private static Dataset spots(int count) {
    SplittableRandom random = new SplittableRandom(7);
    byte[] pixels = new byte[count * SIDE * SIDE];
    float[] targets = new float[2 * count];
    for (int i = 0; i < count; i++) {
      int x = random.nextInt(SIDE);
      int y = random.nextInt(SIDE);
      pixels[(i * SIDE + y) * SIDE + x] = (byte) 255;
      targets[2 * i] = x / (float) SIDE;
      targets[2 * i + 1] = y / (float) SIDE;
    }
    FloatBuffer places = FloatBuffer.wrap(targets);
    return Dataset.ofTargets("spots", Shape.of(1, SIDE, SIDE), pixels, Shape.of(2), places);
  }
}

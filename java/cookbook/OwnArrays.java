import dev.quern.data.Dataset;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.network.Network;
import dev.quern.optim.*;
import dev.quern.tensor.Shape;
import dev.quern.train.*;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Trains on arrays of your own. Pixels are unsigned bytes, image after image, each in C, H, W
 * order; labels are indices of the class names.
 */
public class OwnArrays {
  private static final int SIDE = 16;

  public static void main(String[] args) {
    Dataset all = bars(4000).shuffled(1);
    Dataset train = all.slice(0, 3000);
    Dataset test = all.slice(3000, 4000);
    Network network =
        Network.of(
            "bars", train.shape(),
            new Conv2d(8, 3), new Relu(), new MaxPool2d(2), new Flatten(), new Linear(2));
    try (Trainer trainer =
        Trainer.builder(network)
            .normalization(train.normalization())
            .optimizer(new AdamW(0.003f))
            .build()) {
      trainer.fit(train, 3);
      System.out.println(trainer.evaluate(test));
    }
  }

  /** Gray images of noise with one bright bar: class 0 has it upright, class 1 across. */
  private static Dataset bars(int count) {
    SplittableRandom random = new SplittableRandom(7);
    byte[] pixels = new byte[count * SIDE * SIDE];
    random.nextBytes(pixels);
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(2);
      int at = random.nextInt(SIDE);
      for (int k = 0; k < SIDE; k++) {
        int y = labels[i] == 0 ? k : at;
        int x = labels[i] == 0 ? at : k;
        pixels[(i * SIDE + y) * SIDE + x] = (byte) 255;
      }
    }
    Shape shape = Shape.of(1, SIDE, SIDE);
    return Dataset.of("bars", shape, List.of("upright", "across"), pixels, labels);
  }
}

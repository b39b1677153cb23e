import dev.quern.data.*;
import dev.quern.data.Image;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.layer.shape.*;
import dev.quern.network.*;
import dev.quern.optim.*;
import dev.quern.predict.*;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.SplittableRandom;

/** A class for each pixel: discs and squares, found in noise by a small U-Net. */
public class Segmentation {
  private static final int SIDE = 32;

  public static void main(String[] args) {
    Dataset all = images(SIDE, 600);
    Network network = uNet(Shape.of(1, Shape.FREE, Shape.FREE)); // for images of any size
    try (Trainer trainer =
        Trainer.builder(network.at(all.shape())).batch(16).normalization(all.normalization())
            .optimizer(new AdamW(0.005f)).schedule(Schedule.oneCycle()).build()) {
      trainer.fit(all.slice(0, 500), 8);
      try (Model model = Model.of(trainer.modelData(Map.of()).withNetwork(network))) {
        double iou = model.evaluate(all.slice(500, 600)).metric("mean_iou");
        System.out.printf("mean IoU %.2f%n", iou);
        Dataset large = images(48, 1);
        Prediction prediction = model.predict(Image.of(large.shape(), large.image(0))).get("classes");
        System.out.println("of another size " + ((Prediction.PixelClasses) prediction).shape());
      }
    }
  }

  private static Network uNet(Shape input) {
    return Network.builder("u-net", input)
        .add("down1", new Conv2d(12, 3).padding(1)).add("fine", new Relu())
        .add("pool", new MaxPool2d(2)).add("down2", new Conv2d(24, 3).padding(1)).add(new Relu())
        .add("deep", new Conv2d(24, 3).padding(1)).add(new Relu())
        .add("up", new UpsampleBilinear2d(2)).add("both", new Concat(), "up", "fine")
        .add("up1", new Conv2d(12, 3).padding(1)).add(new Relu()).add("classes", new Conv2d(3, 1))
        .task(Task.pixelClasses("ground", "disc", "square")).build();
  }

  private static Dataset images(int side, int count) {
    SplittableRandom random = new SplittableRandom(7);
    byte[] pixels = new byte[count * side * side];
    float[] classes = new float[pixels.length];
    for (int i = 0; i < count; i++) {
      int disc = random.nextInt(side - 12) + 6, square = random.nextInt(side - 12) + 6;
      for (int k = 0; k < side * side; k++) {
        int y = k / side, x = k % side, dy = y - side / 3, dx = x - disc;
        boolean inSquare = Math.abs(y - 3 * side / 4) < 5 && Math.abs(x - square) < 5;
        classes[i * side * side + k] = dx * dx + dy * dy < 36 ? 1 : inSquare ? 2 : 0;
        int bright = classes[i * side * side + k] > 0 ? 140 : 60;
        pixels[i * side * side + k] = (byte) (bright + random.nextInt(60));
      }
    }
    Shape shape = Shape.of(1, side, side);
    FloatBuffer targets = FloatBuffer.wrap(classes);
    return Dataset.ofTargets("shapes", shape, pixels, Shape.of(side, side), targets);
  }
}

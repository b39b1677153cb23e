import dev.quern.data.*;
import dev.quern.data.Image;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.network.*;
import dev.quern.optim.AdamW;
import dev.quern.predict.*;
import dev.quern.tensor.Shape;
import dev.quern.train.*;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One body and two heads: what a bar in an image is like, and how long it is. */
public class TwoHeads {
  private static final int SIDE = 16;
  private static final Shape SHAPE = Shape.of(1, SIDE, SIDE);

  public static void main(String[] args) {
    MultiDataset all = bars(1500);
    Network network =
        Network.builder("bars", SHAPE)
            .add(new Conv2d(8, 5)).add(new Relu()).add(new MaxPool2d(2)).add("body", new Flatten())
            .add("kind", new Linear(2), "body").add("length", new Linear(1), "body")
            .output("kind", Task.singleLabel("lying", "standing"))
            .output("length", Task.regression("length").withWeight(0.1)).build();
    try (Trainer trainer =
        Trainer.builder(network).optimizer(new AdamW(0.003f)).validation(all.slice(1100, 1300))
            .earlyStopping(new EarlyStopping(3)).build()) {
      trainer.fit(all.slice(0, 1100), 15);
      System.out.println(trainer.evaluate(all.slice(1300, 1500)).metric("kind.accuracy"));
      try (Model model = Model.of(trainer.modelData(Map.of()))) {
        Map<String, Prediction> of = model.predict(Image.of(SHAPE, bar(true, 8, 3, 4)));
        System.out.println(((Prediction.Labels) of.get("kind")).best().label());
        System.out.println(Math.round(((Prediction.Numbers) of.get("length")).values()[0]) + " pixels");
      }
    }
  }

  private static byte[] bar(boolean standing, int length, int x, int y) {
    byte[] pixels = new byte[SIDE * SIDE];
    for (int i = 0; i < length; i++) {
      pixels[standing ? (y + i) * SIDE + x : y * SIDE + x + i] = (byte) 255;
    }
    return pixels;
  }

  private static MultiDataset bars(int count) {
    Random random = new Random(7);
    byte[] pixels = new byte[count * SIDE * SIDE];
    int[] kinds = new int[count];
    float[][] lengths = new float[count][1];
    for (int i = 0; i < count; i++) {
      kinds[i] = random.nextInt(2);
      lengths[i][0] = 3 + random.nextInt(8);
      byte[] bar = bar(kinds[i] == 1, (int) lengths[i][0], random.nextInt(6), random.nextInt(6));
      System.arraycopy(bar, 0, pixels, i * bar.length, bar.length);
    }
    Dataset bars = Dataset.of("bars", SHAPE, List.of("lying", "standing"), pixels, kinds);
    return MultiDataset.of(
        Map.of("input", bars), Map.of("kind", bars, "length", bars.withTargets(lengths)));
  }
}

import dev.quern.data.*;
import dev.quern.data.Image;
import dev.quern.io.ModelFile;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.network.*;
import dev.quern.optim.AdamW;
import dev.quern.predict.*;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/** Labels that do not exclude each other: an image has a row, a column, a dot, or none of them. */
public class MultiLabel {
  private static final int SIDE = 12;
  private static final Shape SHAPE = Shape.of(1, SIDE, SIDE);

  public static void main(String[] args) {
    Dataset all = images(2000);
    Network network =
        Network.of("marks", SHAPE, new Conv2d(8, 3).padding(1), new Relu(), new MaxPool2d(2),
            new Flatten(), new Linear(32), new Relu(), new Linear(3))
            .withTask(Task.multiLabel("row", "column", "dot"));
    Path file = Path.of(args[0], "marks.safetensors");
    try (Trainer trainer = Trainer.builder(network).optimizer(new AdamW(0.005f)).build()) {
      trainer.fit(all.slice(0, 1600), 8);
      ModelFile.save(file, trainer.modelData(Map.of()));
    }
    try (Model model = Model.load(file)) { // it knows its task
      System.out.printf("right: %.2f%n", model.evaluate(all.slice(1600, 2000)).accuracy());
      byte[] image = image(0b101, new Random(3));
      for (LabelScore p : model.classify(Image.of(SHAPE, image))) {
        System.out.println(p.label() + (p.probability() > 0.5 ? " yes" : " no"));
      }
    }
  }

  private static byte[] image(int has, Random random) { // a bit for each label
    byte[] pixels = new byte[SIDE * SIDE];
    int at = random.nextInt(SIDE);
    for (int i = 0; i < SIDE; i++) {
      pixels[at * SIDE + i] = (byte) ((has & 1) * 255);
      pixels[i * SIDE + at] |= (byte) ((has >> 1 & 1) * 255);
    }
    pixels[(at + 5) % SIDE * (SIDE + 1)] |= (byte) ((has >> 2) * 255);
    return pixels;
  }

  private static Dataset images(int count) {
    Random random = new Random(7);
    byte[] pixels = new byte[count * SIDE * SIDE];
    FloatBuffer labels = FloatBuffer.allocate(3 * count);
    for (int i = 0; i < count; i++) {
      int has = random.nextInt(8);
      labels.put(has & 1).put(has >> 1 & 1).put(has >> 2);
      System.arraycopy(image(has, random), 0, pixels, i * SIDE * SIDE, SIDE * SIDE);
    }
    return Dataset.ofTargets("marks", SHAPE, pixels, Shape.of(3), labels.flip());
  }
}

import dev.quern.data.*;
import dev.quern.io.ModelFile;
import dev.quern.layer.*;
import dev.quern.network.*;
import dev.quern.optim.AdamW;
import dev.quern.predict.*;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.*;

/** Labels that do not exclude each other: a picture has a row, a column, a dot, or none of them. */
public class MultiLabel {
  private static final int SIDE = 12;

  public static void main(String[] args) {
    Dataset all = pictures(2000);
    Dataset test = all.slice(1600, 2000);
    Network network =
        Network.builder("marks", all.shape())
            .add(new Conv2d(8, 3).padding(1)).add(new Relu()).add(new MaxPool2d(2))
            .add(new Flatten()).add(new Linear(32)).add(new Relu()).add(new Linear(3))
            .task(Task.multiLabel("row", "column", "dot"))
            .build();
    Path file = Path.of(args[0], "marks.safetensors");
    try (Trainer trainer = Trainer.builder(network).optimizer(new AdamW(0.005f)).build()) {
      trainer.fit(all.slice(0, 1600), 8);
      ModelFile.save(file, trainer.modelData(Map.of()));
    }
    try (Model model = Model.load(file)) { // it knows its task
      System.out.printf("right: %.2f%n", model.evaluate(test).accuracy());
      Image image = Image.of(all.shape(), picture(true, false, true, new Random(3)));
      for (Prediction p : model.classify(image)) {
        System.out.println(p.label() + (p.probability() > 0.5 ? " yes" : " no"));
      }
    }
  }

  private static byte[] picture(boolean row, boolean column, boolean dot, Random random) {
    byte[] pixels = new byte[SIDE * SIDE];
    int y = random.nextInt(SIDE);
    int x = random.nextInt(SIDE);
    for (int i = 0; i < SIDE; i++) {
      pixels[y * SIDE + i] = (byte) (row ? 255 : 0);
      pixels[i * SIDE + x] |= (byte) (column ? 255 : 0);
    }
    pixels[(y + 5) % SIDE * SIDE + (x + 5) % SIDE] |= (byte) (dot ? 255 : 0);
    return pixels;
  }

  private static Dataset pictures(int count) {
    Random random = new Random(7);
    byte[] pixels = new byte[count * SIDE * SIDE];
    float[][] labels = new float[count][3];
    for (int i = 0; i < count; i++) {
      boolean[] has = {random.nextBoolean(), random.nextBoolean(), random.nextBoolean()};
      for (int k = 0; k < 3; k++) {
        labels[i][k] = has[k] ? 1 : 0;
      }
      byte[] picture = picture(has[0], has[1], has[2], random);
      System.arraycopy(picture, 0, pixels, i * picture.length, picture.length);
    }
    return Dataset.of("marks", Shape.of(1, SIDE, SIDE), List.of("any"), pixels, new int[count]).withTargets(labels);
  }
}

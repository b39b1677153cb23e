import dev.quern.data.*;
import dev.quern.data.Image;
import dev.quern.image.Images;
import dev.quern.io.ModelFile;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.network.Network;
import dev.quern.optim.AdamW;
import dev.quern.predict.Model;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.*;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** Images in files of any size: what an image shows is the name of its folder. */
public class OwnImages {
  private static final Shape INPUT = Shape.of(3, 24, 24);

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    Preprocessing how = Preprocessing.of(Normalization.unit(INPUT)).fit(Preprocessing.Fit.FIT);
    List<String> classes = List.of("circle", "square");
    int[] labels = new int[240];
    byte[] pixels = new byte[labels.length * (int) INPUT.elements()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 2;
      String of = classes.get(labels[i]);
      Path file = Files.createDirectories(folder.resolve(of)).resolve(i + ".png");
      ImageIO.write(image(of, 30 + i % 40), "png", file.toFile()); // yours are there already
      byte[] image = how.resized(Image.read(file), INPUT).pixels();
      System.arraycopy(image, 0, pixels, i * image.length, image.length);
    }
    Dataset data = Dataset.of("images", INPUT, classes, pixels, labels).shuffled(1);
    Network network =
        Network.of("shapes", INPUT,
            new Conv2d(8, 5), new Relu(), new MaxPool2d(2), new Flatten(), new Linear(2));
    Path saved = folder.resolve("shapes.safetensors");
    try (Trainer trainer =
        Trainer.builder(network).preprocessing(how).optimizer(new AdamW(0.003f)).build()) {
      trainer.fit(data.slice(40, 240), 15);
      System.out.println(trainer.evaluate(data.slice(0, 40)).accuracy());
      ModelFile.save(saved, trainer.modelData(classes, Map.of()));
    }
    try (Model model = Model.load(saved)) { // the file knows how images become its input
      System.out.println(model.classify(folder.resolve("square/7.png")).get(0).label());
      System.out.println(model.classify(Images.of(image("square", 70))).get(0).label());
    }
  }

  private static BufferedImage image(String of, int side) {
    BufferedImage image = new BufferedImage(side + 8, side, BufferedImage.TYPE_INT_RGB);
    int round = of.equals("circle") ? side : 0;
    image.createGraphics().fillRoundRect(side / 4, side / 5, side / 2, side / 2, round, round);
    return image;
  }
}

import dev.quern.data.*;
import dev.quern.image.Images;
import dev.quern.io.ModelFile;
import dev.quern.layer.*;
import dev.quern.network.Network;
import dev.quern.optim.AdamW;
import dev.quern.predict.Model;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.awt.*;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.*;
import java.util.*;
import java.util.List;
import javax.imageio.ImageIO;

/** Pictures in files of any size: what a picture shows is the name of its folder. */
public class OwnImages {
  private static final Shape INPUT = Shape.of(3, 24, 24);

  public static void main(String[] args) throws IOException {
    Path folder = draw(Path.of(args[0], "pictures"));
    Normalization unit = Normalization.unit(INPUT);
    Preprocessing how = Preprocessing.of(unit).fit(Preprocessing.Fit.CENTER_CROP);
    List<String> classes = List.of("circle", "square");
    List<Path> files = new ArrayList<>();
    for (String of : classes) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(folder.resolve(of))) {
        all.forEach(files::add);
      }
    }
    byte[] pixels = new byte[(int) (files.size() * INPUT.elements())];
    int[] labels = new int[files.size()];
    for (int i = 0; i < labels.length; i++) {
      byte[] image = how.resized(Image.read(files.get(i)), INPUT).pixels();
      System.arraycopy(image, 0, pixels, i * image.length, image.length);
      labels[i] = classes.indexOf(files.get(i).getParent().getFileName().toString());
    }
    Dataset data = Dataset.of("pictures", INPUT, classes, pixels, labels).shuffled(1);
    Network network = Network.of("shapes", INPUT, new Conv2d(8, 3), new Relu(), new MaxPool2d(2),
        new Conv2d(16, 3), new Relu(), new MaxPool2d(2), new Flatten(), new Linear(2));
    Path saved = Path.of(args[0], "shapes.safetensors");
    try (Trainer trainer =
        Trainer.builder(network).preprocessing(how).optimizer(new AdamW(0.003f)).build()) {
      trainer.fit(data.slice(40, 240), 15);
      System.out.println(trainer.evaluate(data.slice(0, 40)));
      ModelFile.save(saved, trainer.modelData(classes, Map.of()));
    }
    try (Model model = Model.load(saved)) { // the file knows how pictures become its input
      System.out.println(model.classify(folder.resolve("circle/7.png")).get(0).label());
      System.out.println(model.classify(Images.of(picture(true, 70, new Random(9)))).get(0).label());
    }
  }

  private static Path draw(Path folder) throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 240; i++) {
      Path of = Files.createDirectories(folder.resolve(i % 2 == 0 ? "square" : "circle"));
      BufferedImage picture = picture(i % 2 == 0, 40 + random.nextInt(40), random);
      ImageIO.write(picture, "png", of.resolve(i + ".png").toFile());
    }
    return folder;
  }
}

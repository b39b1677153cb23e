import dev.quern.io.*;
import dev.quern.io.dataset.*;
import dev.quern.layer.*;
import dev.quern.layer.activation.*;
import dev.quern.network.Network;
import dev.quern.optim.AdamW;
import dev.quern.predict.Model;
import dev.quern.tensor.*;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.*;
import java.util.Map;
import javax.imageio.ImageIO;

/** From a folder of images to a saved model: what an image shows is its subfolder's name. */
public class ImageFolders {
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0], "shapes");
    draw(folder); // yours is there already
    Path saved = Path.of(args[0], "shapes.safetensors");
    Network network =
        Network.of(
            "shapes",
            Shape.of(3, 24, 24),
            new Conv2d(8, 5),
            new Relu(),
            new MaxPool2d(2),
            new Flatten(),
            new Linear(2));
    try (ImageFolder data =
            ImageFolder.builder(folder).size(Size.of(24)).split(0.8, 1).skipBroken().open();
        Trainer trainer =
            Trainer.builder(network)
                .preprocessing(data.preprocessing())
                .optimizer(new AdamW(0.003f))
                .build()) {
      System.out.println(data.counts());
      data.broken().forEach(b -> System.out.println(b.path().getFileName() + " is skipped"));
      trainer.fit(data.train(), 15);
      System.out.println(trainer.evaluate(data.test()).accuracy());
      ModelFile.save(saved, trainer.modelData(data.classes(), Map.of()));
    }
    try (Model model = Model.load(saved)) { // bit-identical to quern predict
      System.out.println(model.classify(folder.resolve("square/7.png")).get(0).label());
    }
  }

  private static void draw(Path folder) throws IOException {
    for (int i = 0; i < 240; i++) {
      int side = 30 + i % 40;
      BufferedImage image = new BufferedImage(side + 8, side, BufferedImage.TYPE_INT_RGB);
      int round = i % 2 == 0 ? side : 0;
      image.createGraphics().fillRoundRect(side / 4, side / 5, side / 2, side / 2, round, round);
      Path classDir = Files.createDirectories(folder.resolve(i % 2 == 0 ? "circle" : "square"));
      ImageIO.write(image, "png", classDir.resolve(i + ".png").toFile());
    }
    Files.writeString(folder.resolve("circle/none.png"), "not an image");
  }
}

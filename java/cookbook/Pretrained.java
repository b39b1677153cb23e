import dev.quern.data.*;
import dev.quern.data.Image;
import dev.quern.image.Images;
import dev.quern.io.*;
import dev.quern.layer.Linear;
import dev.quern.network.*;
import dev.quern.optim.AdamW;
import dev.quern.predict.*;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Weights of torchvision's resnet18 learn to tell images of one's own: only the head is new. */
public class Pretrained {
  private static final List<String> CLASSES = List.of("circle", "square", "bar");
  private static final Shape INPUT = Shape.of(3, 64, 64); // 224x224 is what it was trained on

  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    Path file = folder.resolve("resnet18.safetensors");
    // a stand-in for safetensors.torch.save_file(resnet18(weights=...).state_dict(), file)
    ModelFile.save(file, ModelData.untrained(Torchvision.resnet18(INPUT, 1000), 1));
    Network network = Torchvision.resnet18(INPUT, 1000).replace("fc", new Linear(CLASSES.size()));
    MatchingWeights body = StateDict.load(file).matching(network, NameMap.none());
    System.out.println(body.report()); // the head's weights are of another shape
    Preprocessing how = Preprocessing.imagenet();
    Dataset data = images(how);
    Path saved = folder.resolve("shapes.safetensors");
    try (Trainer trainer = Trainer.builder(network).preprocessing(how).weights(body.weights())
        .freeze("conv1.*", "bn1.*", "layer1.*").optimizer(new AdamW(0.0005f)).batch(16).build()) {
      trainer.fit(data.slice(30, 180), 8);
      System.out.println(trainer.evaluate(data.slice(0, 30)).accuracy());
      ModelFile.save(saved, trainer.modelData(CLASSES, Map.of()));
    }
    try (Model model = Model.load(saved)) { // images of any size
      System.out.println(model.classify(Images.of(image("bar", 200))).get(0).label());
    }
  }

  private static Dataset images(Preprocessing how) {
    int[] labels = new int[180];
    ByteBuffer pixels = ByteBuffer.allocate(labels.length * (int) INPUT.elements());
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 3;
      Image image = Images.of(image(CLASSES.get(i % 3), 60 + i)); // yours: Image.read(path)
      pixels.put(how.resized(image, INPUT).pixels());
    }
    return Dataset.of("shapes", INPUT, CLASSES, pixels.array(), labels).shuffled(1);
  }

  private static BufferedImage image(String of, int side) {
    BufferedImage image = new BufferedImage(side + 8, side, BufferedImage.TYPE_INT_RGB);
    int round = of.equals("circle") ? side : 0;
    int height = of.equals("bar") ? side / 6 : side / 2;
    image.createGraphics().fillRoundRect(side / 4, side / 4, side / 2, height, round, round);
    return image;
  }
}

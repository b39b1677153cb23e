package dev.quern.tests.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.fixtures.Fixtures;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.onnx.Onnx;
import dev.quern.optim.AdamW;
import dev.quern.predict.MatchingWeights;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network that somebody trained elsewhere learns other classes from a folder of images. */
@Tag("full")
class OnnxFineTuningTest {
  private static final List<String> CLASSES = List.of("discs", "grids", "lines");

  /** (p - 128) / 128, of pixels from 0 to 1. */
  private static final float HALF = 128 / 255f;

  private static final Preprocessing PIXELS =
      Preprocessing.of(
          new Normalization(new float[] {HALF, HALF, HALF}, new float[] {HALF, HALF, HALF}));

  @Test
  void anImportedNetworkLearnsThreeClassesOfFortyPicturesEach(@TempDir Path folder)
      throws IOException {
    Path mobilenet = Fixtures.model("mobilenet_v2.onnx");
    draw(folder.resolve("train"), 40, 1);
    draw(folder.resolve("test"), 20, 2);
    ModelData loaded = Onnx.load(mobilenet);
    Network.Node classifier =
        loaded.network().nodes().stream()
            .filter(n -> n.layer() instanceof Conv2d)
            .reduce((a, b) -> b)
            .orElseThrow();
    Network network =
        loaded
            .network()
            .withHead(classifier.inputs().get(0), new Flatten(), new Linear(CLASSES.size()));
    MatchingWeights body = loaded.matching(network);
    Dataset train = pictures(folder.resolve("train"), network.input());
    try (Trainer trainer =
        Trainer.builder(network)
            .weights(body.weights())
            .freeze(body.weights().keySet().stream().toArray(String[]::new))
            .normalization(PIXELS.normalization())
            .optimizer(new AdamW(0.005f))
            .batch(16)
            .seed(1)
            .build()) {
      trainer.fit(train, 8);
      try (Model model = Model.of(trainer.modelData(CLASSES, Map.of()))) {
        assertThat(model.evaluate(pictures(folder.resolve("test"), network.input())).accuracy())
            .isGreaterThan(0.95);
      }
    }
  }

  private static void draw(Path folder, int each, long seed) throws IOException {
    Random random = new Random(seed);
    for (String name : CLASSES) {
      Path classDir = Files.createDirectories(folder.resolve(name));
      for (int i = 0; i < each; i++) {
        ImageIO.write(picture(name, random), "png", classDir.resolve(i + ".png").toFile());
      }
    }
  }

  private static BufferedImage picture(String name, Random random) {
    BufferedImage image = new BufferedImage(160, 120, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(color(random));
    g.fillRect(0, 0, 160, 120);
    g.setColor(color(random));
    g.setStroke(new BasicStroke(2 + random.nextInt(4)));
    int step = 12 + random.nextInt(14);
    int slope = random.nextInt(80) - 40;
    for (int at = -60; at < 220; at += step) {
      switch (name) {
        case "discs" -> g.fillOval(random.nextInt(140), random.nextInt(100), step, step);
        case "grids" -> {
          g.drawLine(at, 0, at + slope, 120);
          g.drawLine(0, at, 160, at - slope);
        }
        default -> g.drawLine(at, 0, at + slope, 120);
      }
    }
    g.dispose();
    return image;
  }

  private static Color color(Random random) {
    return new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256));
  }

  private static Dataset pictures(Path folder, Shape input) throws IOException {
    List<byte[]> all = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (String name : CLASSES) {
      try (Stream<Path> files = Files.list(folder.resolve(name))) {
        for (Path file : files.sorted().toList()) {
          all.add(PIXELS.resized(Image.read(file), input).pixels());
          labels.add(CLASSES.indexOf(name));
        }
      }
    }
    int size = (int) input.elements();
    byte[] pixels = new byte[size * all.size()];
    for (int i = 0; i < all.size(); i++) {
      System.arraycopy(all.get(i), 0, pixels, i * size, size);
    }
    return Dataset.of(
        folder.getFileName().toString(),
        input,
        CLASSES,
        pixels,
        labels.stream().mapToInt(Integer::intValue).toArray());
  }
}

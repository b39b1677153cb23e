package dev.quern.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Pictures;
import dev.quern.data.Image;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a folder of images and masks to a model that writes masks, on the command line. */
class MaskFolderTest {
  private static final int SIDE = 32;

  @TempDir static Path dir;
  private static Path shapes;
  private static Path net;
  private static Path model;
  private static Cli.Result trained;

  @BeforeAll
  static void trainOnce() throws IOException {
    shapes = dir.resolve("shapes");
    draw(60);
    Files.writeString(shapes.resolve("classes.txt"), "ground\ncircle\nsquare\n");
    net =
        Files.writeString(
            dir.resolve("net.json"),
            """
            {"name": "shapes", "input": [3, 32, 32], "task": "pixel_classes", "layers": [
              {"type": "conv2d", "out_channels": 12, "kernel": 5, "padding": 2},
              {"type": "batch_norm2d"},
              {"type": "relu"},
              {"type": "conv2d", "out_channels": 12, "kernel": 5, "padding": 2},
              {"type": "relu"},
              {"type": "conv2d", "out_channels": 3, "kernel": 1}]}
            """);
    trained = train(shapes, dir.resolve("run"), "--epochs", 25, "--flip");
    model = dir.resolve("run/model.safetensors");
  }

  private static Cli.Result train(Path data, Path out, Object... more) {
    List<Object> adamw = List.of("--batch", 8, "--optimizer", "adamw", "--lr", "0.01");
    List<Object> line = List.of("train", "--net", net, "--data", data, "--out", out);
    return Cli.run(line, Cli.joined(adamw, more));
  }

  private static void draw(int count) throws IOException {
    Random random = new Random(7);
    Files.createDirectories(shapes.resolve("images"));
    Files.createDirectories(shapes.resolve("masks"));
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      BufferedImage mask = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      int x = 2 + random.nextInt(5);
      int y = 2 + random.nextInt(16);
      shapes(image, x, y, new Color(200, 80, 60), new Color(60, 90, 200));
      shapes(mask, x, y, new Color(1), new Color(2));
      byte[] classes = new byte[SIDE * SIDE];
      for (int k = 0; k < classes.length; k++) {
        classes[k] = (byte) mask.getRGB(k % SIDE, k / SIDE);
      }
      Pictures.write(shapes.resolve("images/" + i + ".bmp"), image);
      Pictures.write(shapes.resolve("masks/" + i + ".png"), Pictures.grey(SIDE, classes));
    }
  }

  private static void shapes(BufferedImage image, int x, int y, Color circle, Color square) {
    Graphics2D g = image.createGraphics();
    g.setColor(circle);
    g.fillOval(x, y, 10, 10);
    g.setColor(square);
    g.fillRect(x + 14, y, 9, 11);
    g.dispose();
  }

  @Test
  void oneCommandTrains() {
    assertThat(trained.err()).isEmpty();
    assertThat(trained.status()).isZero();
    assertThat(trained.lines().get(0))
        .isEqualTo("shapes: 60 images with masks of 3 classes: ground 60, circle 60, square 60");
    assertThat(trained.lines().get(1)).contains("48 training and 12 test images of 3x32x32");
    Cli.Result eval = Cli.run("eval", "--model", model, "--data", shapes).succeeds();
    String iou = eval.lines().stream().filter(l -> l.startsWith("mean_iou ")).findFirst().get();
    assertThat(Double.parseDouble(iou.split(" ")[1])).isGreaterThan(0.9);
  }

  @Test
  void theNetworkIsChosen() throws IOException {
    Path out = dir.resolve("chosen");
    List<Object> line = List.of("train", "--data", shapes, "--out", out, "--no-report");
    Cli.Result r = Cli.run(line, "--size", "16x16", "--limit", 8, "--epochs", 1).succeeds();
    assertThat(r.lines().get(1))
        .isEqualTo("chosen based on the images (--plain turns this off): --net unet");
    assertThat(r.lines().get(2))
        .matches("unet, 488,\\d+ parameters, on shapes: 8 training.*3x16x16");
    Network unet = ModelData.load(out.resolve("model.safetensors")).network();
    assertThat(unet)
        .isEqualTo(
            Networks.unet(Shape.of(3, 16, 16), 3)
                .withTask(Task.pixelClasses("ground", "circle", "square")));
    Cli.run("train", "--data", shapes, "--plain", "--out", dir.resolve("plain"))
        .fails("the targets of shapes are 28x28: use --net unet for masks");
  }

  @Test
  void masksWithoutNames() throws IOException {
    Path data = Files.createDirectories(dir.resolve("nameless"));
    for (String of : new String[] {"images", "masks"}) {
      Files.createDirectories(data.resolve(of));
      for (int i = 0; i < 4; i++) {
        String name = of + "/" + i + (of.equals("masks") ? ".png" : ".bmp");
        Files.copy(shapes.resolve(name), data.resolve(name));
      }
    }
    Cli.run("train", "--data", data, "--out", dir.resolve("none"))
        .fails("network unet: masks of nameless have no class names: list the names in classes");
  }

  @Test
  void predictWritesMasksThatTrainAgain() throws IOException {
    Path out = dir.resolve("answers");
    Cli.run("predict", "--model", model, "--out", out, shapes.resolve("images/3.bmp")).succeeds();
    Path written;
    try (var all = Files.list(out)) {
      written = all.findFirst().orElseThrow();
    }
    byte[] own = Image.readMask(written).pixels();
    byte[] wanted = Image.readMask(shapes.resolve("masks/3.png")).pixels();
    int same = 0;
    for (int i = 0; i < own.length; i++) {
      same += own[i] == wanted[i] ? 1 : 0;
    }
    assertThat(same).isGreaterThan(own.length * 95 / 100);
  }

  @Test
  void brokenMasksAreRefusedOrListed() throws IOException {
    Path data = dir.resolve("broken");
    for (String of : new String[] {"images", "masks"}) {
      Files.createDirectories(data.resolve(of));
      for (int i = 0; i < 12; i++) {
        String name = of + "/" + i + (of.equals("masks") ? ".png" : ".bmp");
        Files.copy(shapes.resolve(name), data.resolve(name));
      }
    }
    Files.delete(data.resolve("masks/4.png"));
    train(data, dir.resolve("none"))
        .fails("1 of 12 files are broken", "4.bmp (mask ", "4.png: the file does not exist)");
    Cli.Result skipped = train(data, dir.resolve("rest"), "--skip-broken", "--epochs", 1);
    assertThat(skipped.status()).isZero();
    assertThat(skipped.err()).startsWith("quern: broken: ").contains("4.bmp: mask ");
    assertThat(skipped.lines().get(0))
        .isEqualTo("broken: 11 images with masks; 1 broken files skipped");
  }
}

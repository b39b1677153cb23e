package dev.quern.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Pictures;
import dev.quern.data.Image;
import dev.quern.io.ModelFile;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that are pictures, in files. */
class PredictPicturesTest {
  /** Gray 0, 7, 14 and so on, without loss. */
  private static final String WEBP =
      "5249464628000000574542505650384c1c0000002f06000100cd6544ff038adab681fa2b9ef2a777"
          + "6d0c22620240ab17";

  @TempDir Path dir;
  private Path picture;
  private Path out;

  @BeforeEach
  void draw() throws IOException {
    BufferedImage image = new BufferedImage(7, 5, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 35; i++) {
      image.getRaster().setSample(i % 7, i / 7, 0, 7 * i);
    }
    picture = Pictures.write(dir.resolve("one.png"), image);
    out = dir.resolve("made/answers");
  }

  /** A 1x1 convolution of a picture of any size. */
  private Path model(Task task, float[] weight, float[] bias) {
    Shape any = Shape.of(1, Shape.FREE, Shape.FREE);
    Network network = Network.of("point", any, new Conv2d(weight.length, 1)).withTask(task);
    ModelData untrained = ModelData.untrained(network, 1);
    Path file = dir.resolve(task.kind().text() + ".safetensors");
    ModelFile.save(
        file,
        new ModelData(
            network,
            Map.of("conv2d1.weight", weight, "conv2d1.bias", bias),
            untrained.preprocessing(),
            Map.of()));
    return file;
  }

  @Test
  void anImageIsWrittenByItsValues() {
    Path identity = model(Task.image(), new float[] {1}, new float[] {0});
    Cli.run("predict", "--model", identity, "--out", out, picture).succeeds();
    assertThat(Image.read(out.resolve("one.png"))).isEqualTo(Image.read(picture));
  }

  /** By the module of more formats, which the command line has. */
  @Test
  void webpIsReadAsItsPixels() throws IOException {
    Path identity = model(Task.image(), new float[] {1}, new float[] {0});
    Path webp = Files.write(dir.resolve("two.webp"), HexFormat.of().parseHex(WEBP));
    Cli.run("predict", "--model", identity, "--out", out, webp).succeeds();
    Image made = Image.read(out.resolve("two.png"));
    assertThat(made.shape()).isEqualTo(Shape.of(1, 5, 7));
    for (int i = 0; i < 35; i++) {
      assertThat(made.get(0, i / 7, i % 7)).isEqualTo(7 * i);
    }
  }

  @Test
  void classesOfPixelsAreWrittenByTheirIndices() {
    Task task = Task.pixelClasses("dark", "bright");
    Path halves = model(task, new float[] {0, 1}, new float[] {0, -0.5f});
    Cli.Result r = Cli.run("predict", "--model", halves, "--out", out, picture).succeeds();
    assertThat(r.lines()).containsExactly(picture + "\tdark 0.5429\tbright 0.4571");
    Image mask = Image.read(out.resolve("one.png"));
    assertThat(mask.shape()).isEqualTo(Shape.of(1, 5, 7));
    for (int i = 0; i < 35; i++) {
      assertThat(mask.get(0, i / 7, i % 7)).isEqualTo(7 * i > 127 ? 1 : 0);
    }
  }

  @Test
  void twoPicturesOfOneNameAreNotWrittenOverEachOther() throws IOException {
    Path identity = model(Task.image(), new float[] {1}, new float[] {0});
    Path other = Files.createDirectories(dir.resolve("other")).resolve("one.png");
    Files.copy(picture, other);
    Cli.run("predict", "--model", identity, "--out", out, picture, other).succeeds();
    assertThat(Image.read(out.resolve("other/one.png")))
        .isEqualTo(Image.read(out.resolve("one.png")));
  }

  @Test
  void noPictureThatIsAskedAboutIsReplaced() throws IOException {
    Path identity = model(Task.image(), new float[] {0.5f}, new float[] {0});
    byte[] before = Files.readAllBytes(picture);
    Cli.run("predict", "--model", identity, "--out", dir, picture)
        .fails("one.png is one of the input images; choose another --out");
    assertThat(Files.readAllBytes(picture)).isEqualTo(before);
  }

  @Test
  void aTaskWithoutPicturesHasNothingToWrite() {
    Network labels = Network.of("labels", Shape.of(1, 5, 7), new Flatten(), new Linear(2));
    Path file = dir.resolve("labels.safetensors");
    ModelFile.save(file, ModelData.untrained(labels.withTask(Task.singleLabel("a", "b")), 1));
    Cli.Result r = Cli.run("predict", "--model", file, "--out", out, picture);
    assertThat(r.status()).isEqualTo(2);
    assertThat(r.err())
        .contains("requires predictions that are images; network labels has task single_label");
    assertThat(List.of(out)).noneMatch(Files::exists);
  }
}

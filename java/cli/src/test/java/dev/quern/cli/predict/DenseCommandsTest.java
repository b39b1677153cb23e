package dev.quern.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Pictures;
import dev.quern.data.Image;
import dev.quern.io.ModelFile;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quern cutout}, {@code depth} and {@code upscale} by networks that only scale pixels. */
class DenseCommandsTest {
  private static final long FREE = Shape.FREE;

  @TempDir Path dir;
  private Path photo;
  private Path model;

  /** A photo with a bright, gray right half, and a model whose map is the brightness. */
  @BeforeEach
  void make() throws IOException {
    BufferedImage halves = new BufferedImage(8, 4, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 32; i++) {
      halves.setRGB(i % 8, i / 8, i % 8 < 4 ? 0x333333 : 0x999999);
    }
    photo = Pictures.write(dir.resolve("photo.png"), halves);
    model = saved("map", Shape.of(1, 4, 8), new Abs());
  }

  private Path saved(String name, Shape input, Layer... layers) {
    Path file = dir.resolve(name + ".safetensors");
    ModelFile.save(file, ModelData.untrained(Network.of(name, input, layers), 1));
    return file;
  }

  @Test
  void cutout() throws IOException {
    Path out = dir.resolve("cutout.png");
    assertThat(Cli.run("cutout", "--model", model, photo, "--out", out).succeeds().lines())
        .containsExactly(photo + "\t" + out);
    BufferedImage cutout = ImageIO.read(out.toFile());
    assertThat(cutout.getRGB(0, 0)).isEqualTo(0x00333333);
    assertThat(cutout.getRGB(7, 3)).isEqualTo(0xff999999);
    Cli.run("cutout", "--model", model, photo, "--out", out, "--color", "#ff0080").succeeds();
    cutout = ImageIO.read(out.toFile());
    assertThat(cutout.getRGB(0, 0)).isEqualTo(0xffff0080);
    assertThat(cutout.getRGB(7, 3)).isEqualTo(0xff999999);
    Object[] mask = {"cutout", "--model", model, photo, "--out", out, "--mask"};
    Cli.run(mask).succeeds();
    Image read = Image.read(out);
    assertThat(read.shape()).isEqualTo(Shape.of(1, 4, 8));
    assertThat(read.get(0, 0, 0)).isZero();
    assertThat(read.get(0, 0, 7)).isEqualTo(255);
    Cli.run(Cli.joined(List.of(mask), "--values", "probabilities")).succeeds();
    assertThat(Image.read(out).get(0, 0, 7)).isEqualTo(0x99);
    Cli.run(Cli.joined(List.of(mask), "--values", "logits")).succeeds();
    assertThat(Image.read(out).get(0, 0, 7))
        .isEqualTo((int) Math.round(255 / (1 + Math.exp(-0.6))));
    Cli.run(Cli.joined(List.of(mask), "--mean", "0.6", "--std", "1")).succeeds();
    assertThat(Image.read(out).get(0, 0, 7)).as("|0.6 - 0.6|, the minimum").isZero();
  }

  @Test
  void depth() throws IOException {
    Path out = dir.resolve("depth.png");
    Path far = saved("far", Shape.of(1, 4, 8), new Affine(-7, 3), new Reshape(4, 8));
    Object[] line = {"depth", "--model", far, photo, "--out", out};
    assertThat(Cli.run(line).succeeds().lines()).containsExactly(photo + "\t" + out);
    BufferedImage depth = ImageIO.read(out.toFile());
    assertThat(depth.getColorModel().getPixelSize()).isEqualTo(16);
    assertThat(depth.getRaster().getSample(0, 0, 0)).isEqualTo(65_535);
    assertThat(depth.getRaster().getSample(7, 0, 0)).isZero();
    Cli.run(Cli.joined(List.of(line), "--bits", 8)).succeeds();
    depth = ImageIO.read(out.toFile());
    assertThat(depth.getColorModel().getPixelSize()).isEqualTo(8);
    assertThat(depth.getRaster().getSample(0, 0, 0)).isEqualTo(255);
  }

  @Test
  void upscale() {
    Path twice = saved("twice", Shape.of(3, FREE, FREE), new UpsampleNearest2d(2));
    Path out = dir.resolve("large.png");
    Object[] line = {"upscale", "--model", twice, photo, "--out", out, "--tile", "5x3"};
    Cli.run(Cli.joined(List.of(line), "--overlap", 1, "--blend", 0)).succeeds();
    Image large = Image.read(out);
    Image small = Image.read(photo);
    assertThat(large.height()).isEqualTo(8);
    assertThat(large.width()).isEqualTo(16);
    for (int i = 0; i < 128; i++) {
      assertThat(large.get(0, i / 16, i % 16)).isEqualTo(small.get(0, i / 32, i % 16 / 2));
    }
    Cli.run("upscale", "--model", twice, photo, "--out", out, "--range", "0,4").succeeds();
    assertThat(Image.read(out).get(0, 0, 15)).isEqualTo(38);
    Cli.run(line).succeeds();
    assertThat(Image.read(out)).isEqualTo(large);
  }

  /** Such as one of U2-Net: several maps, the first of which is the result. */
  @Test
  void anOnnxFileOfSeveralOutputs() {
    Network network =
        Network.builder("maps", Shape.of(3, FREE, FREE))
            .add("sum", new Conv2d(1, 1))
            .add("d0", new Sigmoid(), "sum")
            .add("d1", new Affine(-1, 0), "sum")
            .output("d0", "d1")
            .build();
    Map<String, float[]> weights =
        Map.of("sum.weight", new float[] {1, 1, 1}, "sum.bias", new float[1]);
    Path file = dir.resolve("maps.onnx");
    new ModelData(network, weights, Map.of(), Map.of()).save(file);
    Path out = dir.resolve("mask.png");
    Object[] line = {"cutout", "--model", file, photo, "--out", out, "--mask"};
    Cli.run(line).succeeds();
    assertThat(Image.read(out).get(0, 0, 0)).isZero();
    assertThat(Image.read(out).get(0, 0, 7)).isEqualTo(255);
    Cli.run(Cli.joined(List.of(line), "--output", "d1")).succeeds();
    assertThat(Image.read(out).get(0, 0, 0)).isEqualTo(255);
    assertThat(Image.read(out).get(0, 0, 7)).isZero();
    Cli.run("upscale", "--model", file, photo, "--out", out, "--tile", 4).succeeds();
    int bright = (int) Math.round(255 / (1 + Math.exp(-1.8)));
    assertThat(Image.read(out).get(0, 0, 7)).isEqualTo(bright);
  }

  @Test
  void severalImagesAreWrittenToAFolder() throws IOException {
    Path out = dir.resolve("made");
    Path broken = Files.writeString(dir.resolve("broken.png"), "no image");
    Path none = dir.resolve("none.png");
    Path sub = Files.createDirectory(dir.resolve("sub"));
    Path same = Files.copy(photo, sub.resolve("photo.png"));
    Cli.Result r = Cli.run("cutout", "--model", model, broken, none, photo, same, "--out", out);
    assertThat(r.status()).isEqualTo(1);
    assertThat(r.err()).contains("quern: ", "broken.png", "none.png");
    assertThat(r.lines())
        .containsExactly(
            photo + "\t" + out.resolve("photo.png"), same + "\t" + out.resolve("sub/photo.png"));
    Cli.run("cutout", "--model", model, photo, same, "--out", dir.resolve("x.png"))
        .isRefused("names one file for 2 images; name a folder");
    Path folder = Files.createDirectory(dir.resolve("folder.png"));
    Cli.run("cutout", "--model", model, photo, "--out", folder).succeeds();
    assertThat(folder.resolve("photo.png")).exists();
    Cli.run("cutout", "--model", model, photo, "--out", photo).fails("one of the input images");
    Cli.run("cutout", "--model", model, photo, "--out", dir).fails("one of the input images");
  }

  @Test
  void wrongOptionsAreRefused() {
    Path out = dir.resolve("out.png");
    Cli.Result missing = Cli.run("cutout", photo);
    assertThat(missing.status()).isEqualTo(2);
    assertThat(missing.err()).contains("--model", "--out");
    for (String[] bad :
        new String[][] {
          {"cutout", "--color", "12345g", "is not a color of six hexadecimal digits"},
          {"cutout", "--values", "odd", "is not one of min_max, probabilities, logits"},
          {"cutout", "--output", "odd", "--output odd is not one of the network's outputs"},
          {"depth", "--bits", "12", "'12' is neither 8 nor 16"},
          {"upscale", "--overlap", "3", "overlap 3 of tiles of 4x8 is outside [0, 2]"},
          {"upscale", "--blend", "3", "blend 3 is outside [0, 2], the overlap"},
          {"upscale", "--tile", "0", "is not HEIGHTxWIDTH"},
          {"upscale", "--range", "1,1", "must be finite and differ"},
          {"upscale", "--range", "1", "--range needs two numbers"}
        }) {
      Cli.run(bad[0], "--model", model, photo, "--out", out, bad[1], bad[2]).isRefused(bad[3]);
    }
    Cli.run("cutout", "--model", model, photo, "--out", out, "--mask", "--color", "ffffff")
        .isRefused("--mask and --color exclude each other");
    Path vector = saved("vector", Shape.of(1, 4, 8), new Reshape(32));
    for (String command : new String[] {"cutout", "depth"}) {
      Cli.run(command, "--model", vector, photo, "--out", out).fails("must be a map");
    }
    Cli.run("upscale", "--model", vector, photo, "--out", out)
        .fails("must have 1 or 3 channels and an integer multiple");
    Cli.run("upscale", "--model", model, photo, "--out", out, "--tile", 9)
        .fails("tiles of 9x9 do not fit input 1x4x8");
    assertThat(out).doesNotExist();
  }
}

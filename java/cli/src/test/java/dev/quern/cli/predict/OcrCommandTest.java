package dev.quern.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.data.Image;
import dev.quern.fixtures.TinyOcr;
import dev.quern.image.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OcrCommandTest {
  @TempDir static Path dir;
  private static Path upright;
  private static Path turned;

  @BeforeAll
  static void make() throws IOException {
    TinyOcr.write(dir);
    upright = written("one.png", TinyOcr.image(96, 320, 0, "ab c"));
    turned = written("two.png", TinyOcr.image(96, 320, 180, "abc"));
  }

  private static Path written(String name, Image image) throws IOException {
    Path file = dir.resolve(name);
    ImageIO.write(Images.toBufferedImage(image), "png", file.toFile());
    return file;
  }

  private static Cli.Result run(Object... more) {
    return Cli.run(
        Cli.joined(
            List.of(
                "ocr",
                "--detector",
                dir.resolve("det.onnx"),
                "--recognizer",
                dir.resolve("rec.onnx"),
                "--dictionary",
                dir.resolve("keys.txt")),
            more));
  }

  @Test
  void aLineForEachTextLine() {
    List<String> lines = run(upright, turned, "--threads", 1).succeeds().lines();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).startsWith(upright + "\tab c\t0.99");
    String[] corners = lines.get(0).split("\t")[3].split(" ");
    assertThat(corners).hasSize(4).allMatch(c -> c.matches("\\d+\\.\\d,\\d+\\.\\d"));
    assertThat(lines.get(1)).startsWith(turned + "\tcba\t");
    assertThat(run(turned, "--classifier", dir.resolve("cls.onnx")).lines().get(0))
        .startsWith(turned + "\tabc\t");
    assertThat(run(upright, "--score", 1).succeeds().out()).isEmpty();
    assertThat(run(upright, "--max-side", 160).succeeds().out()).contains("\tab c\t");
  }

  @Test
  void json() {
    List<String> lines = run(upright, "--json").succeeds().lines();
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .startsWith(
            "{\"image\":\""
                + upright
                + "\",\"width\":320,\"height\":96,\"lines\":[{\"text\":\"ab c\",\"score\":0.99")
        .containsPattern("\"corners\":\\[(\\[[\\d.]+,[\\d.]+\\],?){4}\\]\\}\\]\\}$");
  }

  @Test
  void linesAreDrawn() {
    Path out = dir.resolve("drawings");
    run(upright, "--draw", out).succeeds();
    Image drawn = Image.read(out.resolve("one.png"));
    Image before = Image.read(upright);
    assertThat(drawn.shape()).isEqualTo(before.shape());
    assertThat(drawn).isNotEqualTo(before);
    run(upright, "--draw", dir).fails("is one of the input images");
  }

  @Test
  void othersAreReadWhereOneCannotBe() throws IOException {
    Path broken = Files.writeString(dir.resolve("broken.png"), "no image");
    Cli.Result r = run(broken, dir.resolve("none.png"), upright);
    assertThat(r.status()).isEqualTo(1);
    assertThat(r.lines()).hasSize(1);
    assertThat(r.err()).contains("broken.png", "none.png");
  }

  @Test
  void wrongOptionsAreRefused() {
    run(upright, "--score", 2).isRefused("textThreshold 2.0 is outside [0, 1]");
    run(upright, "--max-side", 100).isRefused("maxSide 100 must be a multiple of 32");
    Cli.Result missing = Cli.run("ocr", upright);
    assertThat(missing.status()).isEqualTo(2);
    assertThat(missing.err()).contains("--detector=FILE", "--recognizer=FILE", "--dictionary=FILE");
    Object[] exchanged = {
      "ocr", "--detector", dir.resolve("cls.onnx"), "--recognizer", dir.resolve("rec.onnx")
    };
    Cli.run(Cli.joined(List.of(exchanged), "--dictionary", dir.resolve("keys.txt"), upright))
        .fails("cls.onnx");
    Cli.run(
            Cli.joined(
                List.of("ocr", "--detector", dir.resolve("det.onnx")),
                "--recognizer",
                dir.resolve("rec.onnx"),
                "--dictionary",
                dir.resolve("none.txt"),
                upright))
        .fails("none.txt");
  }
}

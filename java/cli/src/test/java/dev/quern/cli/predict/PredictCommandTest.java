package dev.quern.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Pictures;
import dev.quern.cli.Samples;
import dev.quern.io.ModelFile;
import dev.quern.io.NetworkJson;
import dev.quern.predict.ModelData;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictCommandTest {
  @TempDir static Path shared;
  @TempDir Path dir;
  private static Path model;

  @BeforeAll
  static void trainOnce() throws IOException {
    Path data = Samples.write(shared.resolve("data"), 400, 50);
    Path out = shared.resolve("run");
    Cli.run(
            "train",
            "--net",
            Samples.network(shared.resolve("small.json")),
            "--data",
            "mnist",
            "--data-dir",
            data,
            "--epochs",
            4,
            "--batch",
            20,
            "--lr",
            "0.05",
            "--out",
            out)
        .succeeds();
    model = out.resolve("model.safetensors");
  }

  private Path picture(String name, int label) throws IOException {
    byte[] pixels = Samples.image(label, new Random(99 + label));
    return Pictures.write(dir.resolve(name), Pictures.grey(Samples.SIZE, pixels));
  }

  @Test
  void aLineAnImageWithTheThreeMostLikelyLabels() throws IOException {
    List<Object> line = new ArrayList<>(List.of("predict", "--model", model));
    for (int label = 0; label < 10; label++) {
      line.add(picture("image " + label + ".png", label));
    }
    Cli.Result r = Cli.run(line.toArray()).succeeds();
    assertThat(r.lines()).hasSize(10);
    for (int label = 0; label < 10; label++) {
      String[] cells = r.lines().get(label).split("\t");
      assertThat(cells).hasSize(4);
      assertThat(cells[0]).isEqualTo(dir.resolve("image " + label + ".png").toString());
      assertThat(cells[1]).startsWith(label + " ");
      double before = 1;
      double sum = 0;
      for (int i = 1; i < 4; i++) {
        assertThat(cells[i]).matches("[0-9] [01]\\.\\d{4}");
        double p = Double.parseDouble(cells[i].substring(2));
        assertThat(p).isLessThanOrEqualTo(before);
        before = p;
        sum += p;
      }
      assertThat(sum).isBetween(0.3, 1.0002);
    }
  }

  /** A description that leaves height and width free is trained at the size of the data. */
  @Test
  void aNetworkOfAnySizeIsTrained() throws IOException {
    Path data = Samples.write(dir.resolve("data"), 100, 20);
    Path out = dir.resolve("run");
    Path net = Samples.anySize(dir.resolve("any.json"));
    Cli.run("train", "--net", net, "--data", "mnist", "--data-dir", data, "--out", out).succeeds();
    Path trained = out.resolve("model.safetensors");
    Cli.Result r = Cli.run("predict", "--model", trained, picture("one.png", 1)).succeeds();
    assertThat(r.lines()).hasSize(1);

    ModelData loaded = ModelFile.load(trained);
    Path free = dir.resolve("free.safetensors");
    ModelFile.save(free, loaded.withNetwork(NetworkJson.load(net)));
    BufferedImage wide = Pictures.plain(BufferedImage.TYPE_INT_RGB, 50, 31, 0x336699);
    Path large = Pictures.write(dir.resolve("large.png"), wide);
    assertThat(Cli.run("predict", "--model", free, large).succeeds().lines()).hasSize(1);
    BufferedImage dot = Pictures.plain(BufferedImage.TYPE_INT_RGB, 1, 1, 0x336699);
    Path tiny = Pictures.write(dir.resolve("tiny.png"), dot);
    Cli.Result refused = Cli.run("predict", "--model", free, tiny, large);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.lines()).hasSize(1);
    assertThat(refused.err()).startsWith("quern: predict: " + tiny + ": network ");
    assertThat(
            Cli.run("eval", "--model", free, "--data", "mnist", "--data-dir", data)
                .succeeds()
                .out())
        .isEqualTo(
            Cli.run("eval", "--model", trained, "--data", "mnist", "--data-dir", data)
                .succeeds()
                .out());
  }

  @Test
  void resizedJpegAndColourAreUnderstood() throws IOException {
    byte[] pixels = Samples.image(6, new Random(5));
    BufferedImage small = Pictures.grey(Samples.SIZE, pixels);
    BufferedImage large = new BufferedImage(160, 160, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 160; y++) {
      for (int x = 0; x < 160; x++) {
        int v = small.getRaster().getSample(x / 10, y / 10, 0);
        large.setRGB(x, y, v << 16 | v << 8 | v);
      }
    }
    Path jpeg = Pictures.write(dir.resolve("large.jpg"), large);
    Path png = Pictures.write(dir.resolve("large.png"), large);
    Cli.Result r = Cli.run("predict", "--model", model, jpeg, png).succeeds();
    assertThat(r.lines()).hasSize(2).allMatch(l -> l.matches("[^\t]+\t6 [01]\\..*"));
  }

  @Test
  void badImagesDoNotKeepGoodOnesFromBeingPrinted() throws IOException {
    Path first = picture("first.png", 1);
    Path last = picture("last.png", 2);
    Path text = Files.writeString(dir.resolve("text.png"), "no image");
    Path empty = Files.write(dir.resolve("empty.jpg"), new byte[0]);
    Path vast = Pictures.claim(dir.resolve("vast.png"), 100_000, 100_000);
    Path hollow = Pictures.claim(dir.resolve("hollow.png"), 5_000, 5_000);
    Path none = dir.resolve("none.png");
    Path bare = Files.createDirectory(dir.resolve("bare"));
    Cli.Result r =
        Cli.run("predict", "--model", model, first, text, empty, vast, hollow, none, bare, last);
    assertThat(r.status()).isEqualTo(1);
    assertThat(r.lines()).hasSize(2);
    assertThat(r.lines().get(0)).startsWith(first + "\t1 ");
    assertThat(r.lines().get(1)).startsWith(last + "\t2 ");
    assertThat(r.err().lines())
        .satisfiesExactly(
            l -> assertThat(l).contains(text + ": the format is not one of PNG, JPEG"),
            l -> assertThat(l).contains(empty + ": the format is not one of "),
            l -> assertThat(l).contains(vast + ": 100000 x 100000 pixels", "100000000"),
            l -> assertThat(l).contains(hollow + ": damaged PNG"),
            l -> assertThat(l).contains(none + ": the file does not exist"),
            l -> assertThat(l).contains("folder: " + bare + " contains no images"))
        .allMatch(l -> l.startsWith("quern: image"));
  }

  @Test
  void imagesCutShortAreRefused() throws IOException {
    BufferedImage noise = new BufferedImage(80, 80, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(3);
    for (int i = 0; i < 80 * 80; i++) {
      noise.setRGB(i % 80, i / 80, random.nextInt());
    }
    for (String name : new String[] {"a.png", "a.jpg"}) {
      byte[] all = Files.readAllBytes(Pictures.write(dir.resolve(name), noise));
      for (int percent : new int[] {1, 30, 60, 95}) {
        Path cut = Files.write(dir.resolve("cut-" + name), cut(all, percent));
        Cli.run("predict", "--model", model, cut).fails("cut-" + name);
      }
    }
  }

  private static byte[] cut(byte[] all, int percent) {
    return Arrays.copyOf(all, all.length * percent / 100);
  }

  @Test
  void byteFlipsAnywhereGiveALabelOrOneLine() throws IOException {
    BufferedImage image = Pictures.plain(BufferedImage.TYPE_INT_RGB, 20, 20, 0x336699);
    Random random = new Random(11);
    for (String name : new String[] {"a.png", "a.jpg"}) {
      byte[] all = Files.readAllBytes(Pictures.write(dir.resolve(name), image));
      for (int i = 0; i < 150; i++) {
        byte[] bad = all.clone();
        bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
        Path file = Files.write(dir.resolve("bad-" + name), bad);
        Cli.Result r = Cli.run("predict", "--model", model, file);
        if (r.status() == 0) {
          assertThat(r.succeeds().lines()).hasSize(1);
        } else {
          r.fails("bad-" + name);
        }
      }
    }
  }

  @Test
  void wrongUsage() {
    Cli.Result r = Cli.run("predict", "--model", model);
    assertThat(r.status()).isEqualTo(2);
    assertThat(r.err()).contains("IMAGE", "Usage: quern predict");
    Cli.run("predict", "--model", dir.resolve("none"), "x.png").fails("none");
  }

  @Test
  void fileNamesStayOneLine() throws IOException {
    Path odd = picture("a\nb.png", 4);
    Cli.Result r = Cli.run("predict", "--model", model, odd).succeeds();
    assertThat(r.lines()).hasSize(1);
    assertThat(r.out()).contains("a b.png\t4 ");
  }
}

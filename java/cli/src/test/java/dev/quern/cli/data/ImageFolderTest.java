package dev.quern.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Pictures;
import dev.quern.cli.Samples;
import dev.quern.cli.ShapeFiles;
import dev.quern.io.ModelFile;
import dev.quern.network.Task;
import dev.quern.predict.LabelScore;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a folder of images to a model, on the command line. */
class ImageFolderTest {
  private static final Pattern PROBABILITY =
      Pattern.compile("\"label\":\"(\\w+)\",\"index\":\\d+,\"probability\":([^}]+)}");

  @TempDir static Path dir;
  private static Path shapes;
  private static Path net;
  private static Path model;
  private static List<Path> broken;
  private static Cli.Result trained;

  @BeforeAll
  static void trainOnce() throws IOException {
    shapes = ShapeFiles.write(dir.resolve("shapes"), 600, 1);
    broken = ShapeFiles.breakSome(shapes, 10);
    net =
        Files.writeString(
            dir.resolve("net.json"),
            """
            {"name": "shapes", "input": [3, 24, 24], "layers": [
              {"type": "conv2d", "out_channels": 12, "kernel": 5},
              {"type": "batch_norm2d"},
              {"type": "relu"},
              {"type": "max_pool2d", "kernel": 2},
              {"type": "conv2d", "out_channels": 16, "kernel": 3},
              {"type": "relu"},
              {"type": "max_pool2d", "kernel": 2},
              {"type": "flatten"},
              {"type": "linear", "out_features": 3}]}
            """);
    Path out = dir.resolve("run");
    trained =
        Cli.run(
            "train",
            "--net",
            net,
            "--data",
            shapes,
            "--skip-broken",
            "--resize",
            "fit",
            "--batch",
            16,
            "--epochs",
            30,
            "--optimizer",
            "adamw",
            "--lr",
            "0.004",
            "--out",
            out);
    model = out.resolve("model.safetensors");
  }

  @Test
  void oneCommandTrains() {
    assertThat(trained.status()).isZero();
    assertThat(trained.lines().get(0))
        .matches(
            "shapes: 590 images of 3 classes: circle 19\\d, square 19\\d, triangle 19\\d;"
                + " 10 broken files skipped");
    assertThat(trained.lines().get(1)).contains("473 training and 117 test images of 3x24x24");
    assertThat(Double.parseDouble(trained.lastLine().split(" ")[2])).isGreaterThan(0.95);
  }

  @Test
  void brokenFilesAreListed() {
    assertThat(trained.err().lines()).hasSize(10);
    for (Path file : broken) {
      assertThat(trained.err()).contains("quern: broken: " + file + ": ");
    }
  }

  @Test
  void brokenFilesAreRefusedUnlessSkipped() {
    Cli.run("train", "--net", net, "--data", shapes)
        .fails("image folder", "10 of 600 files are broken", broken.get(9).toString());
  }

  @Test
  void evaluationHasTheSameTestPictures() {
    Cli.Result r = Cli.run("eval", "--model", model, "--data", shapes, "--skip-broken");
    assertThat(r.status()).isZero();
    assertThat("test " + r.lastLine()).isEqualTo(trained.lastLine());
    Cli.run("eval", "--model", model).isRefused("trained on shapes/, a custom data set");
  }

  @Test
  void predictionIsThatOfJavaToTheLastBit() {
    Path circles = shapes.resolve("circle");
    Cli.Result r = Cli.run("predict", "--json", "--model", model, circles);
    assertThat(r.status()).isEqualTo(1); // some are broken
    List<String> lines = r.lines();
    assertThat(lines)
        .hasSize(200 - (int) broken.stream().filter(f -> f.startsWith(circles)).count());
    int right = 0;
    try (Model m = Model.load(model)) {
      for (String line : lines) {
        String file = line.replaceFirst(".\"image\":\"([^\"]+)\".*", "$1");
        List<LabelScore> own = m.classify(Path.of(file));
        Matcher told = PROBABILITY.matcher(line);
        for (LabelScore p : own) {
          assertThat(told.find()).isTrue();
          assertThat(told.group(1)).isEqualTo(p.label());
          assertThat(Double.parseDouble(told.group(2))).isEqualTo(p.probability());
        }
        right += own.get(0).label().equals("circle") ? 1 : 0;
      }
    }
    assertThat(right).isGreaterThan(180);
  }

  @Test
  void modelKnowsHowPicturesBecomeItsInput() {
    ModelData data = ModelFile.load(model);
    assertThat(data.preprocessing().values().toString()).contains("fit=FIT", "channels=RGB");
    assertThat(data.network().task().classes()).isEqualTo(ShapeFiles.CLASSES);
    assertThat(data.provenance())
        .containsEntry("data", "shapes/")
        .containsEntry("test_part", "0.2")
        .containsEntry("split_seed", "1");
  }

  @Test
  void resumedRunIsTheSame() throws IOException {
    Path data = ShapeFiles.write(dir.resolve("few"), 60, 2);
    Path whole = dir.resolve("whole");
    Path halves = dir.resolve("halves");
    for (Path out : List.of(whole, halves)) {
      Object epochs = out == whole ? 2 : 1;
      Cli.run(
              "train",
              "--net",
              net,
              "--data",
              data,
              "--size",
              "24x24",
              "--epochs",
              epochs,
              "--cache",
              out == whole ? 100 : 0,
              "--schedule",
              "constant",
              "--out",
              out)
          .succeeds();
    }
    Cli.run("train", "--resume", halves, "--epochs", 2).succeeds();
    assertThat(ModelFile.load(halves.resolve("model.safetensors")).weights().get("conv2d1.weight"))
        .isEqualTo(
            ModelFile.load(whole.resolve("model.safetensors")).weights().get("conv2d1.weight"));
  }

  @Test
  void decodedPicturesStayInAFile() throws IOException {
    Path data = ShapeFiles.write(dir.resolve("kept"), 30, 6);
    Path file = dir.resolve("pixels");
    List<byte[]> pixels = new ArrayList<>();
    List<byte[]> models = new ArrayList<>();
    for (String run : List.of("kept-1", "kept-2")) {
      Path out = dir.resolve(run);
      Cli.run(keptLine(data, file, out)).succeeds();
      pixels.add(Files.readAllBytes(file));
      models.add(Files.readAllBytes(out.resolve("model.safetensors")));
    }
    assertThat(pixels.get(1)).isEqualTo(pixels.get(0));
    assertThat(models.get(1)).isEqualTo(models.get(0));
    Cli.run("train", "--data", "mnist", "--cache-file", file)
        .isRefused("--cache-file requires an image folder");
    Path letter = Files.writeString(dir.resolve("letter"), "a letter");
    Cli.run(keptLine(data, letter, dir.resolve("kept-3"))).fails("is not an image cache");
    assertThat(letter).hasContent("a letter");
  }

  private static Object[] keptLine(Path data, Path file, Path out) {
    return new Object[] {
      "train", "--net", net, "--data", data, "--epochs", 1, "--cache-file", file, "--out", out
    };
  }

  @Test
  void foldersOfPartsAndLists() throws IOException {
    Path parts = dir.resolve("parts");
    ShapeFiles.write(parts.resolve("train"), 30, 3);
    ShapeFiles.write(parts.resolve("val"), 12, 4);
    ShapeFiles.write(parts.resolve("test"), 9, 5);
    Path out = dir.resolve("parts-run");
    Cli.Result r =
        Cli.run("train", "--plain", "--data", parts, "--epochs", 1, "--size", "32x28", "--out", out)
            .succeeds();
    assertThat(r.lines().get(1)).contains("30 training and 9 test images of 3x32x28");
    assertThat(Files.readString(out.resolve("history.csv"))).doesNotContain(",,");

    Path list = dir.resolve("labels.csv");
    Files.writeString(list, "file,label,split\n");
    for (int i = 0; i < 20; i++) {
      Pictures.write(
          dir.resolve("flat-" + i + ".png"), Pictures.plain(1, 8, 8, i % 2 == 0 ? -1 : 0));
      String split = i < 14 ? "train" : "test";
      Files.writeString(
          list,
          "flat-" + i + ".png," + (i % 2 == 0 ? "white" : "black") + "," + split + "\n",
          java.nio.file.StandardOpenOption.APPEND);
    }
    Cli.Result listed =
        Cli.run(
                "train",
                "--data",
                dir,
                "--labels",
                list,
                "--epochs",
                1,
                "--channels",
                "grey",
                "--out",
                dir.resolve("list-run"))
            .succeeds();
    assertThat(listed.lines().get(0)).endsWith("2 classes: black 10, white 10");
    assertThat(listed.lines().get(1)).contains("14 training and 6 test images of 1x28x28");
  }

  @Test
  void picturesHaveWeights() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("weighed"));
    StringBuilder list = new StringBuilder("file,label,trust\n");
    for (int i = 0; i < 20; i++) {
      Pictures.write(folder.resolve(i + ".png"), Pictures.plain(1, 8, 8, 0x0a0a0a * i));
      list.append(i).append(".png,").append(i % 2 == 0 ? "even" : "odd");
      list.append(i < 5 ? ",3\n" : ",0.5\n");
    }
    Path csv = Files.writeString(dir.resolve("weighed.csv"), list);
    List<ModelData> models = new ArrayList<>();
    for (String more : List.of("", "--weight-column=trust")) {
      Path out = dir.resolve("weighed-run" + more.length());
      List<Object> words = new ArrayList<>(List.of("train", "--data", folder, "--labels", csv));
      words.addAll(List.of("--epochs", 1, "--out", out));
      words.addAll(more.isEmpty() ? List.of() : List.of(more));
      Cli.run(words.toArray()).succeeds();
      models.add(ModelFile.load(out.resolve("model.safetensors")));
    }
    assertThat(models.get(1).provenance()).containsEntry("weight_column", "trust");
    String any = models.get(0).weights().keySet().iterator().next();
    assertThat(models.get(1).weights().get(any)).isNotEqualTo(models.get(0).weights().get(any));
    Cli.run("train", "--data", folder, "--labels", csv, "--weight-column", "w")
        .fails("the weight column w is not one of");
    Cli.run("train", "--data", shapes, "--weight-column", "w")
        .isRefused("--weight-column needs --labels");
  }

  @Test
  void multiLabelAndNumbers() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("targets"));
    StringBuilder several = new StringBuilder("file,label\n");
    StringBuilder numbers = new StringBuilder("file,label\n");
    for (int i = 0; i < 20; i++) {
      Pictures.write(folder.resolve(i + ".png"), Pictures.plain(1, 8, 8, 0x0a0a0a * i));
      several.append(i).append(".png,").append(i % 2 == 0 ? "even;all" : "all").append('\n');
      numbers.append(i).append(".png,").append(i / 20.0).append(";1\n");
    }
    Path first = Files.writeString(dir.resolve("several.csv"), several);
    Path second = Files.writeString(dir.resolve("numbers.csv"), numbers);
    Path out = dir.resolve("several-run");
    Cli.Result r =
        Cli.run(
                "train",
                "--data",
                folder,
                "--labels",
                first,
                "--label-kind",
                "multi_label",
                "--epochs",
                1,
                "--out",
                out)
            .succeeds();
    assertThat(r.lines().get(0)).isEqualTo("targets: 20 images of 2 classes: all 20, even 10");
    assertThat(ModelData.load(out.resolve("model.safetensors")).network().task())
        .isEqualTo(Task.multiLabel("all", "even"));
    Cli.run(
            "eval",
            "--data",
            folder,
            "--labels",
            first,
            "--label-kind",
            "several", // as configurations of before spell it
            "--model",
            out.resolve("model.safetensors"))
        .succeeds();
    r =
        Cli.run(
                "train",
                "--data",
                folder,
                "--labels",
                second,
                "--label-kind",
                "numbers",
                "--epochs",
                1,
                "--out",
                dir.resolve("numbers-run"))
            .succeeds();
    assertThat(r.lines().get(0)).isEqualTo("targets: 20 images with numbers");
    assertThat(ModelData.load(dir.resolve("numbers-run/model.safetensors")).network().task())
        .isEqualTo(Task.regression());
    Path given = dir.resolve("given-run"); // targets that are taken for probabilities
    List<Object> line = List.of("train", "--data", folder, "--labels", second, "--out", given);
    Cli.run(line, "--label-kind", "numbers", "--task", "single_label", "--epochs", 1).succeeds();
    assertThat(ModelData.load(given.resolve("model.safetensors")).network().task().kind())
        .isEqualTo(Task.Kind.SINGLE_LABEL);
    Cli.run("train", "--data", shapes, "--label-kind", "multi_label")
        .isRefused("--label-kind needs --labels");
  }

  @Test
  void classesMayBeBalanced() throws IOException {
    Path uneven = ShapeFiles.write(dir.resolve("uneven"), 30, 8);
    for (int i = 0; i < 24; i += 3) {
      Files.delete(
          uneven.resolve("circle/" + i + "." + List.of("png", "jpg", "bmp", "gif").get(i / 3 % 4)));
    }
    Cli.Result r =
        Cli.run(
                "train",
                "--net",
                net,
                "--data",
                uneven,
                "--balanced",
                "--epochs",
                1,
                "--out",
                dir.resolve("uneven-run"))
            .succeeds();
    assertThat(r.lines().get(0)).endsWith("circle 2, square 10, triangle 10");
    assertThat(r.lines().get(1)).contains("24 training and 5 test images");
    assertThat(r.lines().get(2)).contains("balanced true");
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    Path empty = Files.createDirectories(dir.resolve("empty"));
    Cli.run("train", "--data", empty).fails("has no subfolder with images for each class");
    Cli.run("train", "--data", "mnist", "--size", "8x8").isRefused("--size requires an image");
    Cli.run("train", "--data", "mnist", "--skip-broken")
        .isRefused("--skip-broken requires an image folder");
    Cli.run("train", "--data", shapes, "--size", "8x")
        .isRefused("HEIGHTxWIDTH, as in 64x48, or one number");
    Cli.run("train", "--data", shapes, "--channels", "any").isRefused("not one of grey, rgb, bgr");
    Cli.run("train", "--data", shapes, "--test-part", "0").isRefused("above 0 and at most 1");
    Cli.run("train", "--data", shapes, "--download").isRefused("--data-dir and --download");
    assertThat(
            Cli.run("train", "--net", net, "--data", shapes, "--skip-broken", "--size", "8x8")
                .err())
        .contains("input 3x24x24 does not fit the 3x8x8 images of shapes");
    Path any = Samples.anySize(dir.resolve("any.json"));
    Cli.run("train", "--net", any, "--data", shapes)
        .isRefused("any size; choose one with --size HxW");
    Cli.run("predict", "--model", model, empty).fails("contains no images");
  }
}

package dev.quern.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.cli.Cli;
import dev.quern.cli.Pictures;
import dev.quern.cli.ShapeFiles;
import dev.quern.io.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code quern train} takes where the user says nothing. */
class FolderDefaultsTest {
  private static final String USUAL = "batch 16, optimizer adamw, lr 0.001, schedule cosine";

  @TempDir static Path dir;
  private static Path few;

  @BeforeAll
  static void write() throws IOException {
    few = ShapeFiles.write(dir.resolve("few"), 30, 2);
  }

  @Test
  void optionsAreChosenByTheImages() throws IOException {
    boolean full = Boolean.getBoolean("quern.full");
    Path shapes = ShapeFiles.write(dir.resolve("chosen"), full ? 600 : 60, 1);
    Path out = dir.resolve("auto");
    List<Object> line = List.of("train", "--data", shapes, "--out", out);
    List<String> short_ = full ? List.of() : List.of("--epochs", "2", "--crop", "2");
    Cli.Result r = Cli.run(Cli.joined(line, short_.toArray())).succeeds();
    assertThat(r.lines().get(1))
        .startsWith(
            "chosen based on the images (--plain turns this off): --net resnet20 --size 64x64")
        .contains(" --optimizer muon --lr 0.02 ")
        .doesNotContain(full ? " --test" : " --crop");
    assertThat(r.lines().get(2)).startsWith("input 64x64: images are about ");
    double accuracy = Double.parseDouble(r.lastLine().split(" ")[2]);
    assertThat(accuracy).isBetween(full ? 0.95 : 0, 1.0); // twelve test images tell little
    JsonNode config = config(out);
    assertThat(config.get("net").asText()).isEqualTo("resnet20");
    assertThat(config.get("optimizer").asText()).isEqualTo("muon");
    if (!full) {
      Path again = dir.resolve("auto-again");
      Cli.run("train", "--config", out.resolve("config.json"), "--out", again).succeeds();
      assertThat(ModelFile.load(again.resolve("model.safetensors")).weights().get("fc.weight"))
          .isEqualTo(ModelFile.load(out.resolve("model.safetensors")).weights().get("fc.weight"));
    }
  }

  @Test
  void plainFolderTrainsWithTheListedDefaults() throws IOException {
    Path shapes = ShapeFiles.write(dir.resolve("shapes"), 60, 1);
    Path out = dir.resolve("run");
    List<Object> line = List.of("train", "--plain", "--data", shapes, "--out", out);
    Cli.Result r = Cli.run(Cli.joined(line, "--size", "16x16")).succeeds();
    assertThat(r.lines().get(2)).startsWith(USUAL + ", weight decay 0.01");
    JsonNode config = config(out);
    assertThat(config.get("optimizer").asText()).isEqualTo("adamw");
    assertThat(config.get("lr").asText()).isEqualTo("0.001");
    assertThat(config.get("batch").asInt()).isEqualTo(16);
    assertThat(config.get("epochs").asInt()).isEqualTo(30);
    assertThat(ModelFile.load(out.resolve("model.safetensors")).provenance())
        .containsEntry("batch", "16")
        .containsEntry("optimizer", "adamw");
  }

  @Test
  void configAndResumeGiveTheSameBits() {
    Path whole = dir.resolve("whole");
    Path half = dir.resolve("half");
    Path again = dir.resolve("again");
    train(2, whole);
    train(1, half);
    Cli.Result r = Cli.run("train", "--resume", half, "--epochs", 2).succeeds();
    assertThat(r.out()).contains(USUAL.replace("cosine", "constant"));
    Cli.run("train", "--config", whole.resolve("config.json"), "--out", again).succeeds();
    assertThat(weights(half)).isEqualTo(weights(whole));
    assertThat(weights(again)).isEqualTo(weights(whole));
  }

  private static void train(int epochs, Path out) {
    List<Object> line = List.of("train", "--plain", "--data", few, "--size", "16x16", "--out", out);
    Cli.run(Cli.joined(line, "--schedule", "constant", "--epochs", epochs)).succeeds();
  }

  @Test
  void eachOptionMayBeSaidAlone() throws IOException {
    Path out = dir.resolve("sgd");
    Cli.Result r =
        Cli.run(
                "train",
                "--plain",
                "--data",
                few,
                "--optimizer",
                "sgd",
                "--epochs",
                1,
                "--out",
                out)
            .succeeds();
    assertThat(r.out()).contains("batch 16, optimizer sgd, lr 0.01, ", "momentum 0.9");
    assertThat(config(out).get("optimizer").asText()).isEqualTo("sgd");
    Path other = dir.resolve("other");
    r =
        Cli.run(
                "train",
                "--plain",
                "--data",
                few,
                "--lr",
                "0.003",
                "--batch",
                8,
                "--epochs",
                1,
                "--out",
                other)
            .succeeds();
    assertThat(r.out()).contains("batch 8, optimizer adamw, lr 0.003, ");
    Cli.run("train", "--plain", "--data", few, "--nesterov").isRefused("--optimizer sgd");
    Cli.run("train", "--plain", "--data", few, "--momentum", "0.8").isRefused("not for adamw");
  }

  @Test
  void valuesOfAFixedSetMayHaveCapitalsAndOneSizeIsBothSides() {
    Path out = dir.resolve("capitals");
    List<Object> line = List.of("train", "--data", few, "--epochs", 1, "--out", out);
    Object[] more = {
      "--size",
      16,
      "--optimizer",
      "AdamW",
      "--schedule",
      "Constant",
      "--channels",
      "GREY",
      "--resize",
      "Fit",
      "--task",
      "Single_Label",
      "--net",
      "LeNet",
      "--precision",
      "Strict",
      "--crop",
      1,
      "--crop-mode",
      "Reflect",
      "--flip",
      "Random",
      "--augment",
      "Erasing",
      "--tta",
      "Flip",
      "--save",
      "LAST"
    };
    Cli.Result r = Cli.run(Cli.joined(line, more)).succeeds();
    assertThat(r.out())
        .contains("images of 1x16x16", "optimizer adamw, lr 0.001, schedule constant");
    assertThat(DataSource.of("Fashion-MNIST")).isEqualTo(DataSource.of("fashion-mnist"));
  }

  @Test
  void trainedModelsGoOnWithSgd() throws IOException {
    Path first = dir.resolve("first");
    Path out = dir.resolve("tuned");
    train(1, first);
    Path model = first.resolve("model.safetensors");
    Cli.Result r =
        Cli.run("train", "--plain", "--data", few, "--from", model, "--out", out).succeeds();
    assertThat(r.out()).contains("batch 64, optimizer sgd, lr 0.01, ");
    assertThat(config(out).get("epochs").asInt()).isEqualTo(20);
    Path chosen = dir.resolve("chosen-tuning");
    r = Cli.run("train", "--data", few, "--from", model, "--out", chosen).succeeds();
    assertThat(r.out())
        .contains("--add-batch-norms", "batch normalization is added", "optimizer sgd, lr 0.001, ");
  }

  @Test
  void otherDataKeepTheirOwn() throws IOException {
    Path file = Files.createFile(dir.resolve("own.safetensors"));
    assertThat(DataSource.of("cifar10").usual()).isEqualTo(new Usual("sgd", 0.01f, 64, 10));
    assertThat(DataSource.of("fashion-mnist").usual()).isEqualTo(new Usual("sgd", 0.02f, 64, 5));
    assertThat(DataSource.of(file.toString()).usual()).isEqualTo(new Usual("sgd", 0.01f, 64, 10));
    assertThat(DataSource.of("mnist").usual().lr("adamw")).isEqualTo(0.001f);
    assertThat(DataSource.of("mnist").usual().lr("muon")).isEqualTo(0.02f);
  }

  @Test
  void oneClassIsRefused() throws IOException {
    Path folder = dir.resolve("lonely");
    Path cats = Files.createDirectories(folder.resolve("cats"));
    for (int i = 0; i < 10; i++) {
      Pictures.write(cats.resolve(i + ".png"), Pictures.plain(1, 8, 8, 0x0a0a0a * i));
    }
    Cli.run("train", "--data", folder)
        .fails("image folder: " + folder + " has one class, cats: training needs at least two");
  }

  private static JsonNode config(Path run) throws IOException {
    return new ObjectMapper().readTree(run.resolve("config.json").toFile());
  }

  private static float[] weights(Path run) {
    return ModelFile.load(run.resolve("model.safetensors")).weights().get("conv1.weight");
  }
}

package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.io.ModelFile;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrainCommandTest extends SmallTrainingCase {
  @Test
  void trainsSavesAndSaysHowItWent() throws IOException {
    Path out = dir.resolve("runs/a b");
    Cli.Result r = train("--epochs", 3, "--batch", 20, "--out", out).succeeds();
    List<String> lines = r.lines();
    assertThat(lines.get(0)).contains("small", "mnist", "300 training and 100 test", "1x16x16");
    assertThat(lines.get(1)).contains("batch 20", "lr 0.05", "momentum 0.9", "seed 1", "threads");
    for (int e = 1; e <= 3; e++) {
      assertThat(lines.get(1 + e))
          .matches(
              "epoch "
                  + e
                  + "/3 loss \\d+\\.\\d{4} accuracy [01]\\.\\d{4} seconds \\d+\\.\\d\\d images/s"
                  + " \\d+");
    }
    assertThat(lines)
        .contains(
            "history " + out.resolve("history.csv"),
            "model " + out.resolve("model.safetensors"),
            "report " + out.resolve("report.html"));
    assertThat(r.lastLine()).matches("test accuracy [01]\\.\\d{4} loss \\d+\\.\\d{4} images 100");
    assertThat(Double.parseDouble(r.lastLine().split(" ")[2])).isGreaterThan(0.9);
    try (var files = Files.list(out)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "history.csv",
              "config.json",
              "model.safetensors",
              "report.html",
              "report.json",
              "checkpoints");
    }
  }

  @Test
  void historyHasALineAnEpoch() throws IOException {
    Path out = dir.resolve("run");
    train("--epochs", 2, "--out", out).succeeds();
    List<String> lines = Files.readAllLines(out.resolve("history.csv"));
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .isEqualTo(
            "epoch,loss,accuracy,seconds,images_per_second,validation_loss,validation_accuracy");
    for (int e = 1; e <= 2; e++) {
      String[] cells = lines.get(e).split(",", -1);
      assertThat(cells).hasSize(7);
      assertThat(cells[5] + cells[6]).isEmpty();
      assertThat(cells[0]).isEqualTo(Integer.toString(e));
      assertThat(Double.parseDouble(cells[1])).isBetween(0.0, 5.0);
      assertThat(Double.parseDouble(cells[2])).isBetween(0.0, 1.0);
      double seconds = Double.parseDouble(cells[3]);
      double rate = Double.parseDouble(cells[4]);
      assertThat(seconds).isGreaterThanOrEqualTo(0);
      assertThat(rate).isGreaterThan(0);
      assertThat(Math.abs(300 / rate - seconds)).isLessThan(0.002);
    }
  }

  @Test
  void modelSaysWhereItComesFrom() {
    Path out = dir.resolve("run");
    train(
            "--epochs",
            2,
            "--batch",
            30,
            "--seed",
            7,
            "--limit",
            120,
            "--momentum",
            0.5,
            "--out",
            out)
        .succeeds();
    ModelData model = ModelFile.load(out.resolve("model.safetensors"));
    assertThat(model.classes()).hasSize(10);
    assertThat(model.network().name()).isEqualTo("small");
    assertThat(model.provenance())
        .containsEntry("data", "mnist")
        .containsEntry("images", "120")
        .containsEntry("seed", "7")
        .containsEntry("epochs", "2")
        .containsEntry("batch", "30")
        .containsEntry("lr", "0.05")
        .containsEntry("momentum", "0.5")
        .hasEntrySatisfying(
            ModelData.CLASS_COUNTS,
            c ->
                assertThat(Stream.of(c.split(",")).map(Integer::valueOf))
                    .hasSize(10)
                    .allMatch(n -> n > 0 && n < 120)
                    .satisfies(
                        all -> assertThat(all.stream().mapToInt(n -> n).sum()).isEqualTo(120)))
        .containsKeys("quern", "java", "platform", "isa", "openblas", "openblas_core", "threads")
        .hasEntrySatisfying("conv2d", c -> assertThat(c).matches("[a-z0-9]+ x1"));
  }

  @Test
  void sameSeedSameBytes() throws IOException {
    Path a = dir.resolve("a");
    Path b = dir.resolve("b");
    Path c = dir.resolve("c");
    train("--epochs", 2, "--out", a).succeeds();
    train("--epochs", 2, "--out", b).succeeds();
    train("--epochs", 2, "--out", c, "--seed", 2).succeeds();
    assertThat(model(b)).isEqualTo(model(a));
    assertThat(model(c)).isNotEqualTo(model(a));
    assertThat(lossesOf(b)).isEqualTo(lossesOf(a)).hasSize(3);
    assertThat(lossesOf(c)).isNotEqualTo(lossesOf(a));
  }

  @Test
  void threadsDoNotChangeTheWeights() {
    Path one = dir.resolve("one");
    Path two = dir.resolve("two");
    train("--epochs", 1, "--out", one, "--threads", 1).succeeds();
    train("--epochs", 1, "--out", two, "--threads", 2).succeeds();
    ModelData a = ModelFile.load(one.resolve("model.safetensors"));
    ModelData b = ModelFile.load(two.resolve("model.safetensors"));
    assertThat(a.provenance()).containsEntry("threads", "1");
    assertThat(b.provenance()).containsEntry("threads", "2");
    assertThat(b.weights().keySet()).isEqualTo(a.weights().keySet());
    a.weights().forEach((name, w) -> assertThat(b.weights().get(name)).as(name).isEqualTo(w));
  }

  private static byte[] model(Path out) throws IOException {
    return Files.readAllBytes(out.resolve("model.safetensors"));
  }

  /** The columns that do not measure time. */
  private static List<List<String>> lossesOf(Path out) throws IOException {
    return Files.readAllLines(out.resolve("history.csv")).stream()
        .map(l -> Arrays.asList(l.split(",")).subList(0, 3))
        .toList();
  }

  @Test
  void keepsTheLastCheckpointsAndTheBest() throws IOException {
    Path out = dir.resolve("run");
    train("--epochs", 3, "--batch", 50, "--checkpoint-every", 4, "--keep", 3, "--out", out)
        .succeeds();
    try (var files = Files.list(out.resolve("checkpoints"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "best.safetensors",
              "checkpoint-000000012.safetensors",
              "checkpoint-000000016.safetensors",
              "checkpoint-000000018.safetensors");
    }
  }

  @Test
  void builtInNetworkFollowsTheData() {
    Path out = dir.resolve("run");
    Cli.run(
            "train",
            "--data",
            "mnist",
            "--data-dir",
            small.data(),
            "--epochs",
            1,
            "--limit",
            64,
            "--out",
            out)
        .succeeds();
    ModelData model = ModelFile.load(out.resolve("model.safetensors"));
    assertThat(model.network().name()).isEqualTo("lenet");
    assertThat(model.network().input()).hasToString("1x16x16");
  }

  @Test
  void bundledSampleIsTheDefault() {
    String home = System.getProperty("quern.home");
    System.setProperty("quern.home", System.getProperty("quern.root"));
    try {
      Path out = dir.resolve("run");
      Cli.Result r = Cli.run("train", "--epochs", 1, "--limit", 640, "--out", out).succeeds();
      assertThat(r.lines().get(0))
          .startsWith("lenet, 431,080 parameters, on fashion-mnist-sample: 640 training and 2,000");
    } finally {
      if (home == null) {
        System.clearProperty("quern.home");
      } else {
        System.setProperty("quern.home", home);
      }
    }
  }

  @Test
  void lossThatIsNoNumberEndsTraining() {
    Path out = dir.resolve("run");
    train("--lr", "1e30", "--epochs", 3, "--out", out).fails("loss is", "try a lower lr");
    assertThat(out.resolve("model.safetensors")).doesNotExist();
  }

  @Test
  void outThatCannotBeWrittenIsRefusedBeforeTraining() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "in the way");
    Path folder = Files.createDirectories(dir.resolve("b/model.safetensors"));
    Path history = Files.createDirectories(dir.resolve("c/history.csv"));
    for (Path out : List.of(file, file.resolve("x"), folder.getParent(), history.getParent())) {
      Cli.Result r = train("--epochs", 1, "--out", out).fails("cannot write", out.toString());
      assertThat(r.out()).isEmpty();
    }
    train("--epochs", 1, "--out", file).fails(file + ": not a folder");
    assertThat(file).hasContent("in the way");
  }
}

package dev.quern.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.io.ModelFile;
import dev.quern.io.dataset.CsvFile;
import dev.quern.network.Task;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.predict.Prediction;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training, evaluation and prediction on CSV files. */
class TableDataTest {
  private static final List<String> CLASSES = List.of("oak", "pine", "yew");

  @TempDir Path dir;

  /** Three normal distributions in four features of very different units. */
  private Path trees(String name, int rows, long seed) throws IOException {
    double[][] means = {{1, 3000, 2e-5, 7}, {2, 5000, 2e-5, 7}, {1.5, 4000, 6e-5, 7}};
    double[] units = {0.2, 400, 1e-5, 0};
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder("id,height,age,share,same,tree\n");
    for (int i = 0; i < rows; i++) {
      int kind = i % 3;
      text.append(i);
      for (int k = 0; k < units.length; k++) {
        double value = means[kind][k] + units[k] * random.nextGaussian();
        text.append(',').append(String.format(Locale.ROOT, "%.6g", value));
      }
      text.append(',').append(CLASSES.get(kind)).append('\n');
    }
    return Files.writeString(dir.resolve(name), text.toString());
  }

  private Cli.Result train(Path data, Object... more) {
    List<Object> line =
        List.of("train", "--data", data, "--no-report", "--overwrite", "--out", dir.resolve("run"));
    return Cli.run(line, more);
  }

  private Path model() {
    return dir.resolve("run/model.safetensors");
  }

  private static double accuracy(String line) {
    String[] words = line.split(" ");
    return Double.parseDouble(words[List.of(words).indexOf("accuracy") + 1]);
  }

  @Test
  void classesOfNormalDistributions() throws IOException {
    Path data = trees("trees.csv", 300, 1);
    Cli.Result r = train(data, "--label-column", "tree", "--ignore-columns", "id").succeeds();
    assertThat(r.lines().get(0))
        .isEqualTo("trees: 4 feature columns; 240 training, 60 test rows; 3 classes of tree");
    assertThat(r.out())
        .contains("mlp, 4,675 parameters, on trees: 240 training and 60 test samples of 4")
        .contains("batch 32, optimizer adamw", "label column tree")
        .doesNotContain("feature columns height");
    assertThat(accuracy(r.lastLine())).isGreaterThan(0.9);
    ModelData saved = ModelFile.load(model());
    assertThat(saved.network().task()).isEqualTo(Task.singleLabel("oak", "pine", "yew"));
    assertThat(saved.provenance())
        .containsEntry("data", "trees.csv")
        .containsEntry("feature_columns", "height,age,share,same");
    Normalization n = saved.normalization();
    assertThat(n.channels()).isEqualTo(4);
    assertThat(n.mean()[1]).isBetween(3800f, 4200f);
    assertThat(n.std()[2]).isBetween(1e-5f, 4e-5f);
    assertThat(n.std()[3]).isEqualTo(1);
    evalsAsTrained(r, data);
    Cli.run("eval", "--model", model()).isRefused("was trained on trees.csv, a custom data set");
    predicts(saved);
  }

  private void evalsAsTrained(Cli.Result trained, Path data) {
    Cli.Result tested = Cli.run("eval", "--model", model(), "--data", data).succeeds();
    assertThat("test " + tested.lastLine()).isEqualTo(trained.lastLine());
  }

  /** In other columns' order, without the label, with what the model predicts by itself. */
  private void predicts(ModelData saved) throws IOException {
    Path other = trees("other.csv", 30, 2);
    List<String> names = List.of("height", "age", "share", "same");
    float[][] rows = CsvFile.builder(other).features(names).rows();
    StringBuilder text = new StringBuilder("same,share,note,age,height\n");
    for (float[] row : rows) {
      text.append(row[3] + "," + row[2] + ",x," + row[1] + "," + row[0] + "\n");
    }
    Path turned = Files.writeString(dir.resolve("turned.CSV"), text.toString());
    List<String> lines = Cli.run("predict", "--model", model(), turned).succeeds().lines();
    assertThat(Cli.run("predict", "--model", model(), other).succeeds().lines()).isEqualTo(lines);
    assertThat(lines.get(0)).isEqualTo("row,prediction,probability");
    assertThat(lines).hasSize(31);
    List<String> json = Cli.run("predict", "--model", model(), "--json", other).succeeds().lines();
    int right = 0;
    try (Model m = Model.of(saved);
        Arena arena = new Arena()) {
      List<Map<String, Prediction>> wanted =
          m.predictAll(Map.of("input", saved.normalization().batch(arena, Shape.of(4), rows)));
      for (int i = 0; i < rows.length; i++) {
        Prediction.Labels labels = (Prediction.Labels) wanted.get(i).values().iterator().next();
        String best = labels.scores().get(0).label();
        double p = labels.scores().get(0).probability();
        assertThat(lines.get(i + 1))
            .isEqualTo(String.format(Locale.ROOT, "%d,%s,%.4f", i + 1, best, p));
        assertThat(json.get(i))
            .startsWith("{\"file\":\"" + other + "\",\"row\":" + (i + 1) + ",\"outputs\":")
            .contains("\"label\":\"" + best + "\"", "\"probability\":" + p);
        right += best.equals(CLASSES.get(i % 3)) ? 1 : 0;
      }
    }
    assertThat(right).isGreaterThan(26);
  }

  @Test
  void numbersToPredict() throws IOException {
    StringBuilder text = new StringBuilder("use;a;b;sum;\"a, less\"\n");
    Random random = new Random(3);
    for (int i = 0; i < 120; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      String use = i % 6 == 0 ? "test" : i % 6 == 1 ? "val" : "train";
      text.append(use + ";" + a + ";" + (i % 20 == 0 ? "" : b) + ";" + (a + b) + ";" + -a + "\n");
    }
    Path data = Files.writeString(dir.resolve("sums.csv"), text.toString());
    Cli.Result r =
        train(
                data,
                "--target-columns",
                "sum",
                "--ignore-columns",
                "\"a, less\"",
                "--split-column",
                "use",
                "--separator",
                ";",
                "--missing-value",
                "0",
                "--epochs",
                20)
            .succeeds();
    assertThat(r.lines().get(0))
        .isEqualTo(
            "sums: 2 feature columns; 80 training, 20 validation, 20 test rows; targets sum");
    ModelData saved = ModelFile.load(model());
    assertThat(saved.network().task()).isEqualTo(Task.regression("sum"));
    evalsAsTrained(r, data);
    List<String> lines = Cli.run("predict", "--model", model(), data).succeeds().lines();
    assertThat(lines.get(0)).isEqualTo("row,sum");
    assertThat(lines).hasSize(121);
  }

  @Test
  void signalsHaveOneMean() throws IOException {
    StringBuilder text = new StringBuilder("kind");
    for (int k = 0; k < 16; k++) {
      text.append(",t").append(k);
    }
    for (int i = 0; i < 40; i++) {
      text.append(i % 2 == 0 ? "\nflat" : "\nsteep");
      for (int k = 0; k < 16; k++) {
        text.append(',').append(i % 2 == 0 ? 5 + i % 3 : k + i % 3);
      }
    }
    Path data = Files.writeString(dir.resolve("waves.csv"), text.toString());
    Path net =
        Files.writeString(
            dir.resolve("net.json"),
            """
            {"name": "waves", "input": [1, 16], "layers": [
              {"type": "conv1d", "out_channels": 4, "kernel": 3}, {"type": "relu"},
              {"type": "flatten"}, {"type": "linear", "out_features": 2}]}
            """);
    Object[] words = {"--label-column", "kind", "--signal-channels", 1, "--net", net};
    Cli.Result r = train(data, words).succeeds();
    assertThat(r.out()).contains("waves, ", "32 training and 8 test samples of 1x16");
    assertThat(accuracy(r.lastLine())).isEqualTo(1);
    assertThat(ModelFile.load(model()).normalization().channels()).isEqualTo(1);
    evalsAsTrained(r, data);
    assertThat(Cli.run("predict", "--model", model(), data).succeeds().lines().get(2))
        .startsWith("2,steep,");
  }

  @Test
  void theConfigurationRunsAgain() throws IOException {
    Path data = trees("trees.csv", 60, 1);
    Cli.Result first =
        train(data, "--label-column", "tree", "--ignore-columns", "id", "--epochs", 2).succeeds();
    byte[] bytes = Files.readAllBytes(model());
    Path config = Files.copy(dir.resolve("run/config.json"), dir.resolve("config.json"));
    assertThat(config).content().contains("\"net\" : \"mlp\"");
    Cli.Result again =
        Cli.run("train", "--config", config, "--out", dir.resolve("run"), "--overwrite").succeeds();
    assertThat(again.lastLine()).isEqualTo(first.lastLine());
    assertThat(Files.readAllBytes(model())).isEqualTo(bytes);
  }

  @Test
  void weightsOfRows() throws IOException {
    Path data = Files.writeString(dir.resolve("w.csv"), "a,w,y\n1,0,u\n2,1,v\n3,1,u\n4,2,v\n");
    Cli.Result r =
        train(data, "--label-column", "y", "--weight-column", "w", "--test-part", "0.5").succeeds();
    assertThat(r.out()).contains("1 feature columns; 2 training, 2 test rows");
    Dataset all = CsvFile.builder(data).label("y").weights("w").open().train();
    assertThat(all.weight(3)).isEqualTo(2);
  }

  @Test
  void refusals() throws IOException {
    Path data = trees("trees.csv", 9, 1);
    train(data).isRefused("trees.csv: --label-column NAME or --target-columns NAME,... must name");
    train(data, "--label-column", "tree", "--target-columns", "id")
        .isRefused("--label-column and --target-columns exclude each other");
    train(data, "--label-column", "leaf").fails("line 1 has no label column \"leaf\"");
    train(data, "--label-column", "id", "--ignore-columns", "height")
        .fails("line 2, column tree: \"oak\" is not a number");
    train(data, "--label-column", "tree", "--missing-value", "inf")
        .isRefused("'inf' is not a finite number");
    train(data, "--label-column", "tree", "--signal-channels", 0)
        .isRefused("'0' is not a number of channels");
    train(data, "--target-columns", "\"").isRefused("'\"' is not a comma-separated list");
    train(data, "--label-column", "tree", "--separator", "::")
        .isRefused("'::' is neither one character nor tab");
    train(data, "--label-column", "tree", "--separator", "a").isRefused("'a' cannot separate");
    train(data, "--label-column", "tree", "--labels", "x")
        .isRefused("--labels requires an image folder");
    train(data, "--label-column", "tree", "--layout", "nchw").isRefused("--layout requires arrays");
    train(data, "--label-column", "tree", "--size", "3x3")
        .isRefused("--size requires an image folder");
    Cli.run("train", "--label-column", "tree").isRefused("--label-column requires a CSV file");
    Path one = Files.writeString(dir.resolve("one.csv"), "a,b\n1,x\n2,x\n");
    train(one, "--label-column", "b")
        .fails("training needs at least two classes, the data set has only x");
    Path odd = Files.writeString(dir.resolve("odd.csv"), "a,b\n,x\n2,y\n");
    train(odd, "--label-column", "b").fails("odd.csv: line 2, column a: the value is missing");
  }

  @Test
  void predictionsThatAreRefused() throws IOException {
    Path data = trees("trees.csv", 30, 1);
    train(data, "--label-column", "tree", "--epochs", 1).succeeds();
    Path odd = Files.writeString(dir.resolve("odd.csv"), "a,b\n1,x\n");
    Cli.run("predict", "--model", model(), odd).fails("line 1 has no feature column \"id\"");
    Cli.run("predict", "--model", model(), data, dir.resolve("a.png"))
        .isRefused("images and .csv files cannot be predicted together");
    Cli.run("predict", "--model", model(), "--out", dir.resolve("o"), data)
        .isRefused("--out is not supported for CSV files");
    Cli.run("predict", "--model", model(), dir.resolve("none.csv")).fails("none.csv", "not exist");
  }
}

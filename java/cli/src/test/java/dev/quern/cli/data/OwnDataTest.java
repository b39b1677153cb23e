package dev.quern.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.data.Dataset;
import dev.quern.io.DatasetFile;
import dev.quern.io.ModelFile;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training and evaluation on data sets of the user's own, by the network's task. */
class OwnDataTest {
  @TempDir Path dir;

  private Cli.Result train(Path net, Path data, Object... more) {
    List<Object> adam = List.of("--optimizer", "adam", "--lr", "0.01");
    List<Object> line = List.of("train", "--net", net, "--data", data, "--out", dir.resolve("run"));
    return Cli.run(line, Cli.joined(adam, more));
  }

  private Path model() {
    return dir.resolve("run/model.safetensors");
  }

  private Task task() {
    return ModelFile.load(model()).network().task();
  }

  private static double after(String word, String line) {
    List<String> words = List.of(line.split(" "));
    return Double.parseDouble(words.get(words.indexOf(word) + 1));
  }

  /** What eval says last is what training said last. */
  private void evalsAsTrained(Cli.Result trained, Path data) {
    for (Path named : List.of(data, data.resolve("test.safetensors"))) {
      Cli.Result r = Cli.run("eval", "--model", model(), "--data", named).succeeds();
      assertThat("test " + r.lastLine()).isEqualTo(trained.lastLine());
    }
  }

  @Test
  void labels() throws IOException {
    Path data = OwnSamples.write(dir.resolve("bars"), seed -> OwnSamples.counts(300, seed));
    Path net = OwnSamples.row(dir.resolve("row.json"), 3, "");
    Cli.Result r = train(net, data, "--epochs", 2, "--label-smoothing", "0.1").succeeds();
    assertThat(r.lines().get(0)).contains("row", "bars: 300 training and 300 test", "1x16x16");
    assertThat(task()).isEqualTo(Task.singleLabel("none", "one", "two"));
    assertThat(ModelFile.load(model()).provenance())
        .containsEntry("data", "bars/train.safetensors")
        .containsEntry("images", "300");
    evalsAsTrained(r, data);
    Cli.run("eval", "--model", model())
        .isRefused("the model was trained on bars/train.safetensors, a custom data set; name it");
  }

  @Test
  void builtInNetworkTakesClassesAndShapeFromTheFile() throws IOException {
    Path data = OwnSamples.write(dir.resolve("bars"), seed -> OwnSamples.counts(64, seed));
    train(Path.of("lenet"), data, "--epochs", 1).succeeds();
    Network network = ModelFile.load(model()).network();
    assertThat(network.input()).hasToString("1x16x16");
    assertThat(network.task()).isEqualTo(Task.singleLabel("none", "one", "two"));
  }

  @Test
  void severalLabels() throws IOException {
    Path data = OwnSamples.write(dir.resolve("bars"), seed -> OwnSamples.sides(400, seed));
    Path net = OwnSamples.row(dir.resolve("row.json"), 2, "\"multi_label\"");
    Cli.Result r = train(net, data, "--epochs", 15, "--batch", 20, "--validation", 50).succeeds();
    assertThat(after("accuracy", r.lastLine())).as(r.lastLine()).isGreaterThan(0.95);
    assertThat(task()).isEqualTo(Task.multiLabel("row", "column"));
    evalsAsTrained(r, data);
    List<String> history = Files.readAllLines(dir.resolve("run/history.csv"));
    assertThat(history).hasSize(16);
    assertThat(Double.parseDouble(history.get(15).split(",")[6])).isGreaterThan(0.9);
    // a built-in network has as many outputs, and is told
    train(Path.of("lenet"), data, "--epochs", 1, "--task", "multi_label", "--overwrite").succeeds();
    assertThat(task()).isEqualTo(Task.multiLabel("row", "column"));
  }

  @Test
  void pixels() throws IOException {
    Path data = OwnSamples.write(dir.resolve("bars"), seed -> OwnSamples.pixels(200, seed));
    Path net = OwnSamples.unet(dir.resolve("unet.json"), 3, "pixel_classes");
    Cli.Result r = train(net, data, "--epochs", 6, "--batch", 10).succeeds();
    assertThat(after("accuracy", r.lastLine())).as(r.lastLine()).isGreaterThan(0.98);
    assertThat(task()).isEqualTo(Task.pixelClasses("dark", "row", "column"));
    evalsAsTrained(r, data);
    Cli.Result scores = Cli.run("eval", "--model", model(), "--data", data).succeeds();
    assertThat(scores.lines())
        .anySatisfy(
            line -> {
              assertThat(line).startsWith("mean_iou ");
              assertThat(after("mean_iou", line)).isGreaterThan(0.9);
            });
    assertThat(ModelFile.load(model()).network().input()).hasToString("1x?x?");
    Path larger = dir.resolve("larger.safetensors");
    DatasetFile.save(larger, OwnSamples.larger(20));
    assertThat(after("accuracy", Cli.run("eval", "--model", model(), "--data", larger).lastLine()))
        .isGreaterThan(0.97);
    byte[] before = Files.readAllBytes(model());
    Files.delete(net);
    Cli.run("train", "--resume", dir.resolve("run")).succeeds();
    assertThat(model()).hasBinaryContent(before);
    OwnSamples.unet(net, 3, "pixel_classes");
    train(net, data, "--flip", "--augment", "rotation:10", "--overwrite").succeeds();
  }

  @Test
  void imagesThemselves() throws IOException {
    Path data = Files.createDirectories(dir.resolve("bars"));
    Dataset images = OwnSamples.sides(200, 1).withSamplesAsTargets();
    for (String split : List.of("train", "test")) {
      DatasetFile.save(data.resolve(split + ".safetensors"), images);
    }
    Path net = OwnSamples.unet(dir.resolve("auto.json"), 1, "image");
    Cli.Result r = train(net, data, "--epochs", 8, "--batch", 10, "--validation", 20).succeeds();
    assertThat(after("loss", r.lastLine())).as(r.lastLine()).isLessThan(0.01);
    assertThat(r.lastLine()).matches("test loss \\d\\.\\d{4} images 200");
    assertThat(Files.readAllLines(dir.resolve("run/history.csv")).get(8))
        .matches("8,[0-9.E-]+,,[0-9.]+,[0-9.]+,[0-9.E-]+,");
    assertThat(task().kind()).isEqualTo(Task.Kind.IMAGE);
    evalsAsTrained(r, data);
  }

  @Test
  void numbers() throws IOException {
    float[] inputs = new float[400];
    float[] sums = new float[100];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (i * 37 % 100) / 100f;
      sums[i / 4] += i % 4 * inputs[i];
    }
    Dataset all =
        Dataset.ofTargets("sums", Shape.of(4), inputs, Shape.of(1), FloatBuffer.wrap(sums));
    Path data = OwnSamples.write(dir.resolve("sums"), seed -> all);
    Path net =
        Files.writeString(
            dir.resolve("line.json"),
            "{\"name\": \"line\", \"input\": [4], \"layers\": [{\"type\": \"linear\", \"out_features\": 1}]}");
    Cli.Result r =
        train(net, data, "--task", "regression", "--epochs", 200, "--batch", 5, "--limit", 90)
            .succeeds();
    assertThat(after("loss", r.lastLine())).as(r.lastLine()).isLessThan(0.01);
    assertThat(r.lines().get(0)).contains("90 training and 100 test", "samples of 4");
    assertThat(task()).isEqualTo(Task.regression());
    evalsAsTrained(r, data);
  }

  @Test
  void twoHeads() throws IOException {
    Path data = Files.createDirectories(dir.resolve("bars"));
    DatasetFile.save(data.resolve("train.safetensors"), OwnSamples.heads(400, 1));
    DatasetFile.save(data.resolve("test.safetensors"), OwnSamples.heads(200, 2));
    Path net = OwnSamples.twoHeads(dir.resolve("heads.json"));
    Cli.Result r = train(net, data, "--epochs", 15, "--batch", 20, "--validation", 40).succeeds();
    assertThat(r.lines().get(0)).contains("heads", "on bars: 360 training and 200 test");
    assertThat(after("loss", r.lastLine())).as(r.lastLine()).isLessThan(0.5);
    assertThat(ModelFile.load(model()).network().tasks())
        .containsEntry("count", Task.singleLabel("none", "one", "two"))
        .containsEntry("sides", Task.multiLabel("row", "column"));
    evalsAsTrained(r, data);
    train(net, data, "--overwrite", "--task", "multi_label").isRefused("--task requires a network");
    Cli.run("train", "--net", net, "--out", dir.resolve("x"), "--data-dir", dir)
        .fails("heads has inputs [input] and outputs [count, sides]: --data must contain train");
  }

  @Test
  void runsGoOnToTheSameBits() throws IOException {
    Path data = OwnSamples.write(dir.resolve("bars"), seed -> OwnSamples.sides(100, seed));
    Path net = OwnSamples.row(dir.resolve("row.json"), 2, "");
    List<Object> options =
        List.of("--schedule", "constant", "--task", "multi_label", "--validation", 20);
    train(net, data, Cli.joined(options, "--epochs", 2)).succeeds();
    Files.delete(net);
    Path run = dir.resolve("run");
    Cli.Result resumed = Cli.run("train", "--resume", run, "--epochs", 4).succeeds();
    ModelData a = ModelFile.load(model());
    OwnSamples.row(net, 2, "");
    Cli.Result whole =
        train(net, data, Cli.joined(options, "--epochs", 4, "--overwrite")).succeeds();
    ModelData b = ModelFile.load(model());
    assertThat(resumed.lastLine()).isEqualTo(whole.lastLine());
    assertThat(a.network()).isEqualTo(b.network());
    assertThat(a.provenance()).isEqualTo(b.provenance());
    b.weights().forEach((name, w) -> assertThat(a.weights().get(name)).as(name).isEqualTo(w));
  }
}

package dev.quern.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.SmallTraining;
import dev.quern.io.ModelFile;
import dev.quern.layer.Conv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.network.Network;
import dev.quern.onnx.OnnxWriter;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeCommandTest {
  @TempDir static Path shared;
  @TempDir Path dir;
  private static Path data;
  private static Path model;

  @BeforeAll
  static void trainOnce() throws IOException {
    SmallTraining small = SmallTraining.in(shared, 200, 100);
    data = small.data();
    Path out = shared.resolve("run");
    small.run("--epochs", 3, "--lr", "0.05", "--out", out).succeeds();
    model = out.resolve("model.safetensors");
  }

  private Cli.Result run(Path of, Object... more) {
    List<Object> line = List.of("quantize", "--model", of, "--data", "mnist", "--data-dir", data);
    return Cli.run(line, Cli.joined(List.of("--out", out()), more));
  }

  private Path out() {
    return dir.resolve("small.safetensors");
  }

  private static double accuracy(Path of) {
    String line = Cli.run("eval", "--model", of, "--data-dir", data).succeeds().lastLine();
    return Double.parseDouble(line.split(" ")[1]);
  }

  @Test
  void saysWhatWasLost() {
    List<String> lines = run(model, "--images", 50).succeeds().lines();
    assertThat(lines.get(0)).matches("layer +type +dB +alone dB");
    int count = lines.size();
    assertThat(lines.get(count - 2))
        .startsWith(out() + ": ")
        .matches(".*: (\\d+) of \\1 layers quantized by 50 images, weights [\\d,]+ bytes, were .*");
    assertThat(lines.get(count - 1)).matches("accuracy [01]\\.\\d{4}, was [01]\\.\\d{4}");
    double after = Double.parseDouble(lines.get(count - 1).split("[ ,]+")[1]);
    double before = Double.parseDouble(lines.get(count - 1).split("[ ,]+")[3]);
    assertThat(before).isEqualTo(accuracy(model));
    assertThat(after).isEqualTo(accuracy(out())).isBetween(before - 0.05, before + 0.05);
  }

  @Test
  void layersByThemselves() {
    Cli.Result r = run(model, "--images", 20, "--report", "--limit", 40, "--method", "entropy");
    int layers = 0;
    for (Network.Node n : ModelFile.load(model).network().nodes()) {
      layers += n.layer().type().matches("conv2d|linear") ? 1 : 0;
    }
    assertThat(r.succeeds().lines().get(0)).endsWith(" accuracy");
    assertThat(r.lines()).hasSize(layers + 3);
  }

  @Test
  void layersThatAreKept() {
    Network before = ModelFile.load(model).network();
    String first =
        before.nodes().stream()
            .filter(n -> n.layer() instanceof Conv2d)
            .findFirst()
            .orElseThrow()
            .name();
    run(model, "--images", 20, "--keep", first, "--accuracy-bound", 100).succeeds();
    Network after = ModelFile.load(out()).network();
    assertThat(after.facts(first).type()).isEqualTo("conv2d");
    assertThat(after.nodes()).anyMatch(n -> n.layer() instanceof QuantizedLinear);
  }

  @Test
  void onnx() {
    Path file = dir.resolve("model.onnx");
    new OnnxWriter().save(ModelFile.load(model), file);
    run(file, "--images", 20).succeeds();
    assertThat(accuracy(out())).isBetween(accuracy(model) - 0.05, 1.0);
  }

  @Test
  void fineTuning() {
    Object[] tune = {"--images", 50, "--fine-tune", 2, "--lr", "0.01", "--batch", 20};
    String said = run(model, tune).succeeds().lastLine();
    assertThat(said)
        .matches("accuracy [01]\\.\\d{4}, was [01]\\.\\d{4}, before fine-tuning [01]\\.\\d{4}");
    assertThat(Double.parseDouble(said.split("[ ,]+")[1])).isEqualTo(accuracy(out()));
    ModelData tuned = ModelFile.load(out());
    assertThat(tuned.provenance())
        .hasEntrySatisfying("fine_tuned", t -> assertThat(t).startsWith("2 epochs"));
    run(model, "--images", 50).succeeds();
    ModelData calibrated = ModelFile.load(out());
    assertThat(tuned.network()).isEqualTo(calibrated.network());
    assertThat(tuned.weights().keySet()).isEqualTo(calibrated.weights().keySet());
    assertThat(moved(calibrated, tuned)).isPositive();
    Path folder = dir.resolve("from");
    Object[] train = {"--data", "mnist", "--data-dir", data, "--epochs", 1, "--out", folder};
    Cli.run(List.of("train", "--from", out()), train).succeeds();
    ModelData trained = ModelFile.load(folder.resolve("model.safetensors"));
    assertThat(trained.network().nodes()).isEqualTo(calibrated.network().nodes());
    assertThat(moved(calibrated, trained)).isPositive();
  }

  /** Weights and statistics of which some value differs. */
  private static long moved(ModelData a, ModelData b) {
    return a.weights().entrySet().stream()
        .filter(e -> !Arrays.equals(e.getValue(), b.weights().get(e.getKey())))
        .count();
  }

  @Test
  void refusals() {
    assertThat(Cli.run("quantize", "--out", out()).err())
        .contains("--model", "Usage: quern quantize");
    run(model, "--images", 0).isRefused("0");
    run(model, "--method", "best").isRefused("best", "min_max, percentile, entropy, mse");
    run(model, "--fine-tune", 0).isRefused("0");
    run(model, "--fine-tune", 1, "--lr", "-1").isRefused("-1");
    run(model, "--batch", 8).isRefused("--batch needs --fine-tune");
    run(model, "--accuracy-bound", -1).isRefused("-1");
    run(model, "--keep", "none").fails("none");
    run(dir.resolve("missing.safetensors")).fails("missing");
    assertThat(out()).doesNotExist();
    run(model).succeeds();
    run(out()).fails("quantized already");
  }
}

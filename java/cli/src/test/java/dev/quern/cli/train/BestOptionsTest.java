package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.io.Checkpoints;
import dev.quern.io.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code quern train} where scores of held-out images decide. */
class BestOptionsTest extends SmallTrainingCase {
  /** A rate that grows beyond use leaves the best epoch behind. */
  @Test
  void theBestEpochIsSaved() throws IOException {
    Path out = dir.resolve("run");
    Cli.Result r =
        train(
                "--epochs",
                4,
                "--lr",
                "0.02",
                "--schedule",
                "exponential:8",
                "--validation",
                60,
                "--metric",
                "f1_macro",
                "--save",
                "best",
                "--out",
                out)
            .succeeds();
    assertThat(r.lines().get(1)).contains("metric f1_macro", "save best");
    String line =
        r.lines().stream().filter(l -> l.startsWith("best epoch ")).findFirst().orElseThrow();
    int best = Integer.parseInt(line.split("[ ,]")[2]);
    Checkpoints all = Checkpoints.in(out.resolve("checkpoints"));
    assertThat(all.readBest().state().progress().epochs()).isEqualTo(best);
    assertThat(ModelFile.load(out.resolve("model.safetensors")).weights().get("conv2d1.weight"))
        .isEqualTo(all.readBest().state().tensors().get("weights.conv2d1.weight"));
    byte[] before = Files.readAllBytes(out.resolve("model.safetensors"));
    assertThat(Cli.run("train", "--resume", out).succeeds().lastLine()).isEqualTo(r.lastLine());
    assertThat(out.resolve("model.safetensors")).hasBinaryContent(before);
  }

  @Test
  void patienceGoesByTheMetric() {
    Path out = dir.resolve("run");
    Cli.Result r =
        train(
                "--epochs",
                6,
                "--lr",
                "1e-30",
                "--validation",
                60,
                "--metric",
                "accuracy",
                "--patience",
                2,
                "--out",
                out)
            .succeeds();
    assertThat(r.out()).contains("stopped early, after epoch 3 of 6");
  }

  @Test
  void theRateFallsOnAPlateau() {
    Path out = dir.resolve("run");
    Cli.Result r =
        train(
                "--epochs",
                2,
                "--lr",
                "0.05",
                "--validation",
                60,
                "--schedule",
                "plateau:0.5,0,1e-4,0.01",
                "--out",
                out)
            .succeeds();
    assertThat(r.lines().get(1)).contains("schedule plateau:0.5,0,1e-4,0.01");
    assertThat(
            Checkpoints.in(out.resolve("checkpoints")).latest().state().settings().get("plateau"))
        .contains("factor=0.5, patience=0", "minLr=0.01");
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    train("--patience", 2).isRefused("--patience needs --validation");
    train("--save", "best").isRefused("--save best needs --validation");
    train("--metric", "accuracy").isRefused("--metric needs --validation");
    train("--schedule", "plateau").isRefused("--schedule plateau needs --validation");
    train("--validation", 60, "--schedule", "plateau:a").isRefused("'plateau:a' is not plateau:");
    train("--validation", 60, "--schedule", "plateau:2").isRefused("factor 2.0");
    train("--metric", "f1_makro").isRefused("did you mean f1_macro");
    train("--save", "all").isRefused("'all' is neither best nor last");
    train("--validation", 60, "--metric", "mean_iou", "--patience", 1)
        .fails("mean_iou is not one of the metrics");
    // not after the second epoch, when there is something to compare
    Path out = dir.resolve("run");
    train("--validation", 60, "--metric", "psnr", "--epochs", 2, "--out", out)
        .isRefused("--metric: psnr is not one of the metrics [accuracy");
    assertThat(out).doesNotExist();
  }
}

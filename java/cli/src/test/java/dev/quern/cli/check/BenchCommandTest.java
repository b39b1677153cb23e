package dev.quern.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  @TempDir Path dir;

  private static String value(String line, String key) {
    Matcher m = Pattern.compile("\"" + key + "\":\"?([^,\"}]+)").matcher(line);
    assertThat(m.find()).as(key + " in " + line).isTrue();
    return m.group(1);
  }

  private static double number(String line, String key) {
    return Double.parseDouble(value(line, key));
  }

  @Test
  void trainingPrintsOneLineWithEveryKey() {
    Cli.Result r =
        Cli.run(
                "bench",
                "--net",
                "lenet",
                "--mode",
                "train",
                "--batch",
                8,
                "--threads",
                2,
                "--warmup",
                2,
                "--iters",
                5)
            .succeeds();
    assertThat(r.lines()).hasSize(1);
    String line = r.lastLine();
    List<String> keys = new ArrayList<>();
    Matcher m = Pattern.compile("[{,]\"([a-z0-9_]+)\":").matcher(line);
    while (m.find()) {
      keys.add(m.group(1));
    }
    assertThat(keys)
        .containsExactlyInAnyOrder(
            "peer",
            "workload",
            "batch",
            "threads",
            "warmup_iters",
            "iters",
            "images_per_s_median",
            "images_per_s_min",
            "images_per_s_max",
            "peak_rss_mb",
            "first_loss",
            "final_loss",
            "cold_s");
    assertThat(line).startsWith("{\"peer\":\"quern\",\"workload\":\"lenet-train\",\"batch\":8,");
    assertThat(number(line, "threads")).isEqualTo(2);
    assertThat(number(line, "warmup_iters")).isEqualTo(2);
    assertThat(number(line, "iters")).isEqualTo(5);
    double median = number(line, "images_per_s_median");
    assertThat(number(line, "images_per_s_min")).isPositive().isLessThanOrEqualTo(median);
    assertThat(number(line, "images_per_s_max")).isGreaterThanOrEqualTo(median);
    assertThat(number(line, "cold_s")).isPositive();
    assertThat(number(line, "peak_rss_mb")).isGreaterThan(20);
  }

  @Test
  void oneBatchAgainAndAgainLowersTheLoss() {
    String line = bench("train", 30).lastLine();
    assertThat(number(line, "first_loss")).isBetween(2.0, 2.7);
    assertThat(number(line, "final_loss")).isLessThan(number(line, "first_loss"));
    assertThat(value(bench("train", 30).lastLine(), "final_loss"))
        .isEqualTo(value(line, "final_loss"));
  }

  @Test
  void inferenceHasNoLoss() {
    String line = bench("infer", 4).lastLine();
    assertThat(value(line, "workload")).isEqualTo("lenet-infer");
    assertThat(value(line, "first_loss")).isEqualTo("null");
    assertThat(value(line, "final_loss")).isEqualTo("null");
    assertThat(number(line, "images_per_s_median")).isPositive();
  }

  private static Cli.Result bench(String mode, int iters) {
    return Cli.run("bench", "--mode", mode, "--batch", 8, "--warmup", 0, "--iters", iters)
        .succeeds();
  }

  @Test
  void notebookAndDescriptionFiles() throws IOException {
    String notebook = Cli.run("bench", "--net", "notebook", "--batch", 4, "--iters", 3).lastLine();
    assertThat(value(notebook, "workload")).isEqualTo("notebook-train");
    assertThat(value(notebook, "warmup_iters")).isEqualTo("3");
    Path net = Samples.network(dir.resolve("small.json"));
    String small = Cli.run("bench", "--net", net, "--iters", 3, "--mode", "infer").lastLine();
    assertThat(value(small, "workload")).isEqualTo("small-infer");
    assertThat(value(small, "batch")).isEqualTo("128");
  }

  @Test
  void largeImagesComeInSmallBatches() throws IOException {
    Path net = dir.resolve("large.json");
    Files.writeString(
        net,
        """
        {"name": "large", "input": [3, 64, 65], "layers": [
          {"type": "flatten"}, {"type": "linear", "out_features": 2}]}
        """);
    assertThat(value(Cli.run("bench", "--net", net, "--iters", 3).lastLine(), "batch"))
        .isEqualTo("16");
  }

  @Test
  void recomputeIsForTraining() {
    Cli.run("bench", "--mode", "infer", "--recompute")
        .isRefused("bench: --mode infer does not take --recompute");
  }

  @Test
  void theProfileFollowsTheLine() {
    Cli.Result r = Cli.run("bench", "--batch", 8, "--iters", 3, "--profile").succeeds();
    assertThat(r.lines().get(0)).startsWith("{\"peer\":\"quern\"");
    assertThat(r.lines().get(1)).contains("layer", "forward ms", "backward ms", "share");
    assertThat(r.lines().get(2)).startsWith("conv1 ").contains("conv2d", "%");
    assertThat(r.lines()).anyMatch(l -> l.startsWith("step of 8"));
    assertThat(r.lastLine()).startsWith("at best: ");
    r = Cli.run("bench", "--batch", 8, "--iters", 3, "--mode", "infer", "--profile").succeeds();
    assertThat(r.lines().get(2)).startsWith("conv1 ").contains(" 0.000 "); // no backward pass
  }

  @Test
  void frozenLayersKeepTheLossWhereItIs() {
    String line =
        Cli.run("bench", "--batch", 8, "--iters", 5, "--freeze", "conv*,fc1.*").lastLine();
    assertThat(value(line, "freeze")).isEqualTo("conv*");
    assertThat(number(line, "final_loss")).isLessThan(number(line, "first_loss"));
    Cli.run("bench", "--batch", 8, "--iters", 5, "--freeze", "*")
        .fails("freeze: all 8 parameters of network lenet are frozen");
    assertThat(
            value(
                Cli.run("bench", "--batch", 8, "--iters", 5, "--freeze", "body").lastLine(),
                "freeze"))
        .isEqualTo("body");
    Cli.run("bench", "--freeze", "conv*,nothing.*")
        .fails("pattern nothing.* matches none of conv1");
    Cli.run("bench", "--mode", "infer", "--freeze", "conv*")
        .isRefused("bench: --mode infer does not take --freeze");
  }

  @Test
  void inferenceNeedsNoClassifier() throws IOException {
    Path net = dir.resolve("blur.json");
    Files.writeString(
        net,
        """
        {"name": "blur", "input": [3, 9, 9], "layers": [
          {"type": "conv2d", "out_channels": 3, "kernel": 3}]}
        """);
    Cli.Result run =
        Cli.run("bench", "--net", net, "--mode", "infer", "--batch", 2, "--iters", 3).succeeds();
    assertThat(value(run.lastLine(), "workload")).isEqualTo("blur-infer");
  }

  @Test
  void badValues() {
    Cli.run("bench", "--mode", "fly").isRefused("fly", "neither train nor infer");
    Cli.run("bench", "--iters", 0).isRefused("0");
    Cli.run("bench", "--warmup", -1).isRefused("-1");
    Cli.run("bench", "--threads", 1000).isRefused("1000");
    Cli.run("bench", "--batch", Integer.MAX_VALUE).fails("MiB");
  }
}

package dev.quern.cli.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Samples;
import dev.quern.cli.SmallTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryCommandTest {
  @TempDir Path dir;

  private static Cli.Result summary(Object... args) {
    Object[] line = new Object[args.length + 1];
    line[0] = "summary";
    System.arraycopy(args, 0, line, 1, args.length);
    return Cli.run(line);
  }

  @Test
  void lenet() {
    String text = summary("--net", "lenet").succeeds().out();
    assertThat(text).contains("1x28x28", "20x24x24", "50x4x4", "431,080", "2,293,000", "batch 64");
    assertThat(text)
        .containsPattern(
            "plan for batch 64: [\\d,]+ bytes training, [\\d,]+ with --recompute,"
                + " [\\d,]+ with --precision bf16, [\\d,]+ inf");
  }

  @Test
  void notebook() {
    assertThat(summary("--net", "notebook").succeeds().out()).contains("3x32x32", "8,542");
  }

  @Test
  void inputFollowsDataOrOption() {
    assertThat(summary("--net", "lenet", "--data", "cifar10").succeeds().out())
        .contains("3x32x32", "20x28x28");
    assertThat(summary("--net", "lenet", "--input", "4x20x24", "--classes", 7).succeeds().out())
        .contains("4x20x24", "20x16x20")
        .containsPattern("fc2 +linear +7 ");
  }

  @Test
  void likelyMistakesAreNotes() throws IOException {
    Path net =
        Files.writeString(
            dir.resolve("odd.json"),
            """
            {"name": "odd", "input": [1, 16, 16], "layers": [
              {"name": "conv", "type": "conv2d", "out_channels": 4, "kernel": 3},
              {"name": "dead", "type": "relu"},
              {"name": "fc", "type": "linear", "out_features": 10, "inputs": ["conv"]},
              {"type": "flatten"},
              {"type": "linear", "out_features": 10}]}
            """);
    String[] notes = {
      "note: layer dead is not read by any layer and is not an output",
      "note: layer fc: linear applies to the last axis of conv, 4x14x14, and not to all of its"
          + " values: add a flatten layer before it"
    };
    assertThat(summary("--net", net).succeeds().lines()).contains(notes);
    Path data = Samples.write(dir.resolve("data"), 20, 10);
    Object[] more = {"--data-dir", data, "--epochs", 1, "--out", dir.resolve("run")};
    assertThat(Cli.run(List.of("train", "--net", net, "--data", "mnist"), more).succeeds().lines())
        .startsWith(notes);
  }

  @Test
  void batchChangesThePlan() {
    String one = summary("--net", "lenet", "--batch", 1).succeeds().lastLine();
    String two = summary("--net", "lenet", "--batch", 2).succeeds().lastLine();
    assertThat(one).startsWith("plan for batch 1: ");
    assertThat(two).startsWith("plan for batch 2: ");
    assertThat(bytes(two)).isGreaterThan(bytes(one));
  }

  private static long bytes(String line) {
    return Long.parseLong(line.split(" ")[4].replace(",", ""));
  }

  @Test
  void aFileMayLeaveHeightAndWidthToTheOption() throws IOException {
    Path net = Samples.anySize(dir.resolve("any.json"));
    assertThat(summary("--net", net).succeeds().out()).contains("1x?x?", "plan: height or width");
    assertThat(summary("--net", net, "--input", "1x20x30").succeeds().out())
        .contains("1x20x30", "plan for batch 64");
    summary("--net", net, "--input", "2x20x30")
        .fails("size 2x20x30 must be fixed and match the input 1x?x?");
    Cli.run("bench", "--net", net).fails("bench: network any size has a dynamic height or width");
    assertThat(Cli.run("gradcheck", "--net", net, "--input", "1x9x9").succeeds().out())
        .contains("conv.weight");
  }

  @Test
  void descriptionFileAndModel() throws IOException {
    SmallTraining small = SmallTraining.in(dir, 20, 10);
    String text = summary("--net", small.net()).succeeds().out();
    assertThat(text).contains("small", "conv2d1", "4x14x14", "1x16x16");
    Path out = dir.resolve("run");
    small.run("--epochs", 1, "--out", out).succeeds();
    assertThat(summary("--model", out.resolve("model.safetensors")).succeeds().out())
        .isEqualTo(text);
  }

  @Test
  void wrongUsage() throws IOException {
    Path net = Samples.network(dir.resolve("small.json"));
    assertThat(summary().status()).isEqualTo(2);
    assertThat(summary("--net", "lenet", "--model", "x").status()).isEqualTo(2);
    summary("--net", "nix").isRefused("nix", "notebook, lenet");
    summary("--net", net, "--data", "mnist").isRefused("built-in");
    summary("--net", "lenet", "--data", "mnist", "--input", "1x28x28").isRefused("exclude");
    summary("--net", "lenet", "--input", "28x28").isRefused("28x28");
    summary("--net", "lenet", "--input", "1x28x99999999999").isRefused("99999999999");
    summary("--net", "lenet", "--input", "999999999x999999999x999999999")
        .isRefused("'--input': shape: 999999999x999999999x999999999 has more than 2^53 elements");
    summary("--net", "lenet", "--classes", 0, "--input", "1x28x28").isRefused("0");
    summary("--net", "lenet", "--batch", 0).isRefused("0");
  }

  @Test
  void shapesThatDoNotFit() {
    summary("--net", "lenet", "--input", "1x8x8").fails("lenet", "does not fit");
    summary("--net", "lenet", "--input", "0x28x28").fails("0x28x28");
    summary("--model", dir.resolve("none")).fails("none");
  }

  @Test
  void absurdInputIsSummedUpWithoutAnyMemory() {
    assertThat(summary("--net", "lenet", "--input", "1x20000x20000").succeeds().lastLine())
        .matches(
            "plan for batch \\d+: [\\d,]{15,} bytes training, [\\d,]{15,} with --recompute,"
                + " [\\d,]{15,} with --precision bf16, [\\d,]{15,} inference");
    summary("--net", "lenet", "--input", "999999999x999999999x999999999").isRefused("999999999");
  }
}

package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.SmallTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quern train} says what is wrong with data and training. */
class FindingsTest {
  @TempDir Path dir;

  @Test
  void classesOfFewImagesAreNotedEverywhere() throws IOException {
    SmallTraining small = SmallTraining.in(dir, 100, 50);
    Path out = dir.resolve("run");
    Cli.Result r = small.run("--epochs", 1, "--out", out).succeeds();
    assertThat(r.lines())
        .anyMatch(l -> l.startsWith("note: 10 classes have fewer than 20 training samples ("));
    assertThat(r.lastLine()).startsWith("test ");
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("<h2>Findings</h2>", "fewer than 20 training samples");
    assertThat(Files.readString(out.resolve("report.json"))).contains("\"few_samples\"");
    r = small.run("--epochs", 1, "--out", out, "--overwrite", "--json-lines").succeeds();
    assertThat(r.lastLine()).contains("\"findings\":[{", "\"few_samples\"", "\"advice\":\"");
  }

  @Test
  void divergedTrainingFails() throws IOException {
    SmallTraining small = SmallTraining.in(dir, 400, 50);
    Path out = dir.resolve("run");
    Cli.Result r = small.run("--epochs", 3, "--lr", 2, "--schedule", "constant", "--out", out);
    assertThat(r.status()).isEqualTo(1);
    assertThat(r.lines())
        .anyMatch(l -> l.startsWith("note: training diverged: the loss is "))
        .anyMatch(l -> l.contains("random guessing has 2.3"));
    assertThat(out.resolve("model.safetensors")).exists();
  }
}

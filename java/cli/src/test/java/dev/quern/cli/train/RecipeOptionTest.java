package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.SmallTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quern train --recipe} and {@code --tta}. */
class RecipeOptionTest {
  @Test
  void aRecipeTakesAllSettings() {
    Cli.run("train", "--recipe", "--net", "resnet20", "--data", "fashion-mnist", "--lr", "1")
        .isRefused("--lr is set by the recipe");
    Cli.run("train", "--recipe", "--net", "lenet", "--data", "mnist")
        .isRefused("no recipe exists for lenet on mnist", "resnet20 on fashion-mnist");
    Cli.run("train", "--tta", "mirror").isRefused("'mirror' is not flip or flip-shift");
  }

  @Test
  void precisionAndMemoryAreFree(@TempDir Path dir) throws IOException {
    SmallTraining small = SmallTraining.in(dir, 10, 10);
    Path out = dir.resolve("out");
    List<Object> line =
        List.of("train", "--recipe", "--net", "resnet20", "--data", "fashion-mnist", "--epochs", 1);
    Cli.run(line, "--data-dir", small.data(), "--precision", "bf16", "--recompute", "--out", out)
        .succeeds();
    assertThat(out.resolve("config.json")).content().contains("\"bf16\"");
  }

  /** The model says in eval what training said in the end. */
  @Test
  void viewsAreAveraged(@TempDir Path dir) throws IOException {
    SmallTraining small = SmallTraining.in(dir);
    Path data = small.data();
    Path out = dir.resolve("out");
    Cli.Result trained = small.run("--epochs", 1, "--tta", "flip-shift", "--out", out).succeeds();
    Path model = out.resolve("model.safetensors");
    List<Object> eval = List.of("eval", "--model", model, "--data-dir", data);
    String line = Cli.run(eval, "--tta", "flip-shift").succeeds().lastLine();
    assertThat(trained.lastLine()).isEqualTo("test " + line);
    assertThat(Cli.run(eval).succeeds().lastLine()).isNotEqualTo(line);
    // all of the JSON is about the same answers
    String json = Cli.run(eval, "--tta", "flip-shift", "--json").succeeds().out();
    String loss = json.replaceFirst("(?s).*?\"loss\":(\\d\\.\\d{9}).*", "$1");
    assertThat(json).contains("\"log_loss\":" + loss);
  }
}

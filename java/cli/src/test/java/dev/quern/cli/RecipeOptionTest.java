package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code quern train --recipe} and {@code --tta}. */
class RecipeOptionTest {
  @Test
  void aRecipeTakesAllSettings() {
    Cli.run("train", "--recipe", "--net", "resnet20", "--data", "fashion-mnist", "--lr", "1")
        .isRefused("--lr is the recipe's");
    Cli.run("train", "--recipe", "--net", "lenet", "--data", "mnist")
        .isRefused("none of lenet on mnist", "resnet20 on fashion-mnist");
    Cli.run("train", "--tta", "mirror").isRefused("'mirror' is not flip or flip-shift");
  }

  /** The model says in eval what training said in the end. */
  @Test
  void viewsAreAveraged(@TempDir Path dir) throws IOException {
    SmallTraining small = SmallTraining.in(dir);
    Path data = small.data();
    Path out = dir.resolve("out");
    Cli.Result trained = small.run("--epochs", 1, "--tta", "flip-shift", "--out", out).succeeds();
    Object[] eval = {"eval", "--model", out.resolve("model.safetensors"), "--data-dir", data};
    Object[] viewed = Stream.concat(Stream.of(eval), Stream.of("--tta", "flip-shift")).toArray();
    String line = Cli.run(viewed).succeeds().lastLine();
    assertThat(trained.lastLine()).isEqualTo("test " + line);
    assertThat(Cli.run(eval).succeeds().lastLine()).isNotEqualTo(line);
    // all of the JSON is about the same answers
    String json =
        Cli.run(Stream.concat(Stream.of(viewed), Stream.of("--json")).toArray()).succeeds().out();
    String loss = json.replaceFirst("(?s).*?\"loss\":(\\d\\.\\d{9}).*", "$1");
    assertThat(json).contains("\"log_loss\":" + loss);
  }
}

package dev.quern.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.cli.Cli;
import dev.quern.cli.SmallTraining;
import dev.quern.error.FormatException;
import dev.quern.io.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options in YAML, for {@code quern train --config} and {@code quern search --space}. */
class YamlTextTest {
  @TempDir Path dir;

  @Test
  void isJsonsTree() {
    String yaml =
        """
        # a comment
        net: resnet20
        lr: 0.05      # a number
        epochs: 30
        flip: true
        freeze: [stem.*, "stage1.*"]
        big: 123456789012345678901
        nothing:
        text: "1"
        space:
          lr: {log: [1e-4, 1]}
        """;
    // YAML's 1e-4 becomes 1.0E-4, which has five digits behind the point; trees tell them apart
    String json =
        """
        {"net": "resnet20", "lr": 0.05, "epochs": 30, "flip": true,
         "freeze": ["stem.*", "stage1.*"], "big": 123456789012345678901, "nothing": null,
         "text": "1", "space": {"lr": {"log": [0.00010, 1]}}}
        """;
    String made = YamlText.parse("t", yaml).toString();
    assertThat(Json.parse("t", made)).isEqualTo(Json.parse("t", json));
  }

  @Test
  void wrongTextsAreRefused() {
    refused("a: 1\nb: [1, 2", "not YAML", "line");
    refused("a: 1\n  b: 2", "line 2, column");
    refused("a: 1\na: 2", "not YAML", "duplicate key a", "line 2");
    refused("a: !!javax.script.ScriptEngineManager []", "not YAML");
    refused("1: 2", "the key 1 is not a string");
    refused("a: .inf", "is not a JSON number");
    refused("a: &a [*a]", "deeper than 32 levels");
    refused("a: \u0000", "not YAML");
    refused("a: 1\n---\nb: 2", "not YAML");
    refused("x".repeat(2_000_000), "not YAML");
    refused("a: *none", "not YAML");
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 80; i++) {
      bomb.append("a" + i + ": &a" + i + " [*a" + (i - 1) + ", *a" + (i - 1) + "]\n");
    }
    refused(bomb.toString(), "not YAML", "aliases");
    refused("a: " + "[".repeat(500_000), "deeper than 32 levels");
    bomb = new StringBuilder("a0: &a0 [" + "x, ".repeat(1000) + "x]\n");
    for (int i = 1; i < 14; i++) {
      bomb.append("a" + i + ": &a" + i + " [" + ("*a" + (i - 1) + ", ").repeat(3) + "x]\n");
    }
    refused(bomb.toString(), "aliases expand to more than 1048576 values");
  }

  private static void refused(String text, String... parts) {
    assertThatThrownBy(() -> YamlText.parse("config: x.yaml", text))
        .isInstanceOf(FormatException.class)
        .message()
        .startsWith("config: x.yaml")
        .contains(parts);
  }

  @Test
  void aRunGoesByIt() throws IOException {
    SmallTraining small = SmallTraining.in(dir, 100, 50);
    Path config =
        Files.writeString(
            dir.resolve("own.yaml"),
            """
            data: mnist
            data-dir: '%s'
            net: '%s'
            epochs: 1
            lr: 0.05
            flip: true
            validation: 20
            """
                .formatted(small.data(), small.net()));
    Path out = dir.resolve("out");
    Cli.Result r = Cli.run("train", "--config", config, "--out", out).succeeds();
    assertThat(r.lines().get(1)).contains("lr 0.05", "flip true");
    Path space = Files.writeString(dir.resolve("space.yml"), "lr:\n  log: [0.01, 0.1]\n");
    Path found = dir.resolve("found");
    Cli.run("search", "--config", config, "--space", space, "--trials", 1, "--out", found)
        .succeeds();
    Files.writeString(config, "epochs: 1\nnet lenet\n");
    Cli.run("train", "--config", config).fails("own.yaml", "not YAML", "line");
    Files.writeString(config, "[]");
    Cli.run("train", "--config", config).fails("own.yaml", "is not a map of options");
  }
}

package dev.quern.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.cli.Cli;
import dev.quern.error.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that speak against each other, have no value or one of another kind. */
class ConfigSenseTest {
  @TempDir Path dir;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "lr-find"})
  void whatExcludesEachOtherDoesSoInAFile(String command) throws IOException {
    Path both = write("both.json", "{\"quiet\": true, \"json-lines\": true}");
    Path one = write("one.json", "{\"quiet\": true}");
    String why = "--quiet, --json-lines are mutually exclusive";
    Cli.run(command, "--quiet", "--json-lines").isRefused(why);
    Cli.run(command, "--config", both).isRefused(why);
    Cli.run(command, "--config", one, "--json-lines").isRefused(why);
  }

  @Test
  void anOptionWithoutItsValueIsOneLine() {
    Cli.run("train", "--mixup").isRefused("Missing required parameter for option '--mixup'");
    Cli.run("train", "--mixup", "--epochs", 1).isRefused("'--mixup' but found '--epochs'");
    assertThat(Cli.run("export", dir).err()).contains("--out", "Usage: quern export");
  }

  /** Which YAML 1.1 took for true. */
  @Test
  void yesIsNoTruth() throws IOException {
    for (String name : new String[] {"flip", "skip-broken"}) {
      Path file = write("own.yaml", name + ": Yes\n");
      Cli.run("train", "--config", file)
          .fails(file + ": '" + name + "' must be true or false, not \"Yes\"");
    }
    Path file = write("own.yaml", "flip: sideways\n");
    Cli.run("train", "--config", file).fails("'sideways' is neither random nor alternating");
  }

  @Test
  void aMessageAboutYamlIsShort() {
    StringBuilder key = new StringBuilder("? [&a0 [" + "x, ".repeat(100) + "x]");
    for (int i = 1; i < 6; i++) {
      key.append(", &a" + i + " [" + ("*a" + (i - 1) + ", ").repeat(4) + "x]");
    }
    refused(key + "]\n: 1\n", "config: the key a list is not a string");
    refused("{a: 1}: 2", "config: the key a map is not a string");
    refused("true: 2", "config: the key true is not a string");
    refused("a: !!binary aGVsbG8=", "config: it has a value without a JSON equivalent: byte[]");
  }

  private static void refused(String text, String message) {
    assertThatThrownBy(() -> YamlText.parse("config", text))
        .isInstanceOf(FormatException.class)
        .hasMessage(message);
  }
}

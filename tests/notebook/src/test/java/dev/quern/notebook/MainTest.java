package dev.quern.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @TempDir Path temp;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... args) {
    String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
  }

  private Path step() {
    return Records.write(temp.resolve("step.safetensors"), Records.step());
  }

  @Test
  void aReplayThatAgreesEndsWithZero() {
    assertThat(run("--replay", step())).isZero();
    assertThat(out.toString()).contains("22 of 22 tensors agree within 1.0e-05");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aReplayOfATamperedRecordReportsAndEndsWithOne() {
    Path file =
        Records.tamper(
            step(), temp.resolve("tampered"), "dW3", v -> v[17] += Records.largest(v) / 50);
    assertThat(run("--replay", file)).isEqualTo(1);
    assertThat(out.toString()).containsPattern("(?m)^dW3 .* DIFFERS ").contains("21 of 22 tensors");
    assertThat(err.toString()).startsWith("notebook: replay: tensor dW3 differs by 2.0e-02 of ");
  }

  @Test
  void aTamperedInputEndsWithOne() {
    Path file = Records.tamper(step(), temp.resolve("tampered"), "x", v -> v[0] = 255 - v[0]);
    assertThat(run("--replay", file)).isEqualTo(1);
    assertThat(err.toString()).contains("differs by");
  }

  @Test
  void filesThatCannotBeReadAreNamed() throws IOException {
    Path file = Files.writeString(temp.resolve("step.txt"), "conv1_activated: 146228");
    assertThat(run("--replay", file)).isEqualTo(1);
    assertThat(run("--replay", temp.resolve("nothing"))).isEqualTo(1);
    assertThat(run("--data-dir", temp, "--seed", 2)).isEqualTo(1);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines())
        .hasSize(3)
        .anyMatch(l -> l.contains(file.toString()))
        .anyMatch(l -> l.contains("nothing"))
        .anyMatch(l -> l.startsWith("notebook: data set cifar10: not found in " + temp));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--seed 1", "--replay f --data-dir d", "--data-dir d --seed x"})
  void aWrongCommandLineEndsWithTwo(String words) {
    assertThat(run((Object[]) words.split(" "))).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
  }
}

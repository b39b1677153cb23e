package dev.quern.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GradcheckCommandTest {
  @TempDir Path dir;

  @Test
  void tableHasARowForEachTensor() {
    Cli.Result r =
        Cli.run("gradcheck", "--net", "notebook", "--entries", 3, "--threads", 2).succeeds();
    assertThat(r.lines().get(0)).startsWith("tensor").contains("twin-numeric", "native-twin");
    assertThat(r.lines().get(1)).startsWith("conv1.weight  1x3x5x5 ").endsWith("  ok");
    assertThat(r.lines()).hasSize(9).anyMatch(line -> line.startsWith("input         2x3x32x32 "));
    assertThat(r.lastLine()).startsWith("notebook: the gradients of 7 tensors agree (batch 2,");
  }

  @Test
  void seedDecides() {
    String first = notebook("--seed", 5);
    assertThat(notebook("--seed", 5)).isEqualTo(first);
    assertThat(notebook("--seed", 6)).isNotEqualTo(first);
  }

  private static String notebook(Object... options) {
    Object[] line = {"gradcheck", "--net", "notebook", "--entries", 1, options[0], options[1]};
    return Cli.run(line).succeeds().out();
  }

  @Test
  void descriptionFileAndInput() throws IOException {
    Path net = Samples.network(dir.resolve("small.json"));
    assertThat(Cli.run("gradcheck", "--net", net, "--batch", 3).succeeds().out())
        .contains("3x1x16x16", "small: the gradients");
    assertThat(
            Cli.run("gradcheck", "--net", "lenet", "--input", "2x20x18", "--entries", 1)
                .succeeds()
                .out())
        .contains("20x2x5x5", "2x2x20x18");
    Cli.run("gradcheck", "--net", net, "--input", "1x8x8").isRefused("built-in");
  }

  @Test
  void disagreementIsStatusOne() {
    Cli.Result r = Cli.run("gradcheck", "--net", "notebook", "--native-tolerance", 1e-12);
    r.fails("gradcheck: gradients of 6 tensors of notebook disagree");
    assertThat(r.out()).contains("FAILS", "those of 6 of 7 tensors DISAGREE");
  }

  @Test
  void disagreementNamesNormalisationOfFewValues() throws IOException {
    Path net = dir.resolve("few.json");
    Files.writeString(
        net,
        """
        {"name": "few", "input": [3, 1, 2], "layers": [
          {"type": "batch_norm2d"}, {"type": "flatten"}, {"type": "linear", "out_features": 2}]}
        """);
    Cli.run("gradcheck", "--net", net, "--native-tolerance", 1e-12)
        .fails("few disagree; ", "normalizes over only 4 values per channel", "larger --batch");
    Cli.Result many = Cli.run("gradcheck", "--net", net, "--batch", 8, "--native-tolerance", 1e-12);
    assertThat(many.fails("few disagree").err()).doesNotContain("normalizes");
  }

  @Test
  void wrongUsage() {
    Cli.run("gradcheck", "--net", "nix").isRefused("nix");
    Cli.run("gradcheck", "--net", "lenet", "--batch", 0).isRefused("0");
    Cli.run("gradcheck", "--net", "lenet", "--entries", -1).isRefused("-1");
    Cli.run("gradcheck", "--net", "lenet", "--tolerance", 0).isRefused("must be a number above 0");
    Cli.run("gradcheck", "--net", "lenet", "--input", "1x8x8").fails("does not fit");
  }
}

package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.process.Failures;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @Test
  void withoutCommandUsageAndStatus2() {
    Cli.Result r = Cli.run();
    assertThat(r.status()).isEqualTo(2);
    assertThat(r.err()).startsWith("quern: ").contains("Usage: quern", "train", "predict");
    assertThat(r.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train",
        "lr-find",
        "search",
        "eval",
        "predict",
        "augment-preview",
        "detect",
        "pose",
        "ocr",
        "cutout",
        "depth",
        "upscale",
        "serve",
        "import",
        "export",
        "nets",
        "models",
        "summary",
        "info",
        "bench",
        "gradcheck"
      })
  void everyCommandHasHelpAndVersion(String command) {
    for (String help : new String[] {"-h", "--help"}) {
      Cli.Result r = Cli.run(command, help).succeeds();
      assertThat(r.out()).startsWith("Usage: quern " + command).contains("Exit status:", "--debug");
    }
    assertThat(Cli.run("help", command).succeeds().out()).startsWith("Usage: quern " + command);
    assertThat(Cli.run(command, "--version").succeeds().out()).matches("quern \\S+\\R");
  }

  @Test
  void theProgramHasHelpAndVersion() {
    String help = Cli.run("--help").succeeds().out();
    assertThat(help).startsWith("Usage: quern").contains("train", "eval", "bench", "help");
    assertThat(help).contains("QUERN_TUNE=1", "QUERN_ISA").doesNotContainPattern(".{81}");
    String environment = help.substring(help.indexOf("Environment:") + 13);
    assertThat(environment.lines()).allMatch(l -> l.startsWith("  "));
    assertThat(Cli.run("help").succeeds().out()).isEqualTo(help);
    assertThat(Cli.run("--version").succeeds().out()).matches("quern \\d+\\.\\d+\\.\\d+\\S*\\R");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train",
        "lr-find",
        "search",
        "eval",
        "predict",
        "augment-preview",
        "detect",
        "pose",
        "ocr",
        "cutout",
        "depth",
        "upscale",
        "serve",
        "import",
        "export",
        "nets",
        "models",
        "summary",
        "info",
        "bench",
        "gradcheck"
      })
  void anUnknownOptionIsOneLine(String command) {
    Cli.Result r = Cli.run(command, "--no-such-option");
    r.isRefused("--no-such-option is not an option of " + command, "quern help " + command);
    assertThat(r.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "train, --epoch=3, --epoch, --epochs",
    "train, --batch-size, --batch-size, --batch",
    "train, --learning-rate, --learning-rate, --lr",
    "predict, --modle, --modle, --model"
  })
  void anUnknownOptionNamesTheNearest(String command, String word, String option, String near) {
    assertThat(Cli.run(command, word).isRefused(near).err().strip())
        .isEqualTo(
            "quern: %s is not an option of %s; did you mean %s; quern help %s lists all"
                .formatted(option, command, near, command));
  }

  @Test
  void anUnknownCommandNamesTheNearest() {
    Cli.Result r = Cli.run("trian");
    r.isRefused("trian is not a command; did you mean train; quern help lists all");
    assertThat(r.out()).isEmpty();
    assertThat(Cli.run("help", "trian").status()).isEqualTo(2);
    Cli.run("nets", "lenet").isRefused("nets takes no argument lenet; quern help nets");
  }

  @Test
  void aMissingOptionPrintsHowTheCommandIsCalled() {
    Cli.Result r = Cli.run("eval");
    assertThat(r.status()).isEqualTo(2);
    assertThat(r.err()).startsWith("quern: ").contains("--model", "Usage: quern eval");
  }

  @Test
  void stackTraceOnlyWithDebug(@TempDir Path dir) {
    Path none = dir.resolve("none.safetensors");
    Cli.run("eval", "--model", none).fails("none.safetensors");
    for (Object[] line :
        new Object[][] {
          {"--debug", "eval", "--model", none}, {"eval", "--debug", "--model", none}
        }) {
      Cli.Result r = Cli.run(line);
      assertThat(r.status()).isEqualTo(1);
      assertThat(r.err()).startsWith("quern: ").contains("NotFoundException", "\tat dev.quern");
    }
    assertThat(Cli.run("bench", "--batch", 0, "--debug").err()).contains("\tat picocli");
  }

  @Test
  void messagesAreOneLine(@TempDir Path dir) {
    Cli.run("eval", "--model", dir.resolve("a\nb\u001b[2Jc\td")).fails("a b [2Jc d");
  }

  @Test
  void errorsOfTheJvmAreOneLineToo() {
    StringWriter err = new StringWriter();
    Failures failures = new Failures(new PrintWriter(err));
    assertThat(failures.failed(new OutOfMemoryError("Java heap space"))).isEqualTo(1);
    assertThat(failures.failed(new IllegalStateException("odd"))).isEqualTo(1);
    assertThat(failures.failed(new java.nio.file.AccessDeniedException("x"))).isEqualTo(1);
    assertThat(failures.failed(new java.io.EOFException())).isEqualTo(1);
    assertThat(err.toString().lines())
        .satisfiesExactly(
            l -> assertThat(l).startsWith("quern: out of memory: ").contains("MiB", "-Xmx"),
            l -> assertThat(l).contains("internal error", "IllegalStateException: odd", "--debug"),
            l -> assertThat(l).isEqualTo("quern: x: permission denied"),
            l -> assertThat(l).isEqualTo("quern: the file ends too early"));
  }
}

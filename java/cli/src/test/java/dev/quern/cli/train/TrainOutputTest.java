package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.SmallTraining;
import dev.quern.cli.process.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code quern train} prints for people and for scripts. */
class TrainOutputTest {
  @TempDir Path dir;
  private final String encoding = System.getProperty("stdout.encoding");
  private SmallTraining small;

  @BeforeEach
  void writeData() throws IOException {
    small = SmallTraining.in(dir, 100, 50);
  }

  @AfterEach
  void forget() {
    System.clearProperty("quern.terminal");
    if (encoding == null) {
      System.clearProperty("stdout.encoding");
    } else {
      System.setProperty("stdout.encoding", encoding);
    }
  }

  private Cli.Result train(Object... more) {
    return small.run(List.of("--epochs", 2, "--out", dir.resolve("run")), more);
  }

  @Test
  void quietPrintsTheTestAlone() {
    assertThat(train("--quiet").succeeds().lines())
        .hasSize(1)
        .first()
        .asString()
        .startsWith("test ");
  }

  @Test
  void jsonLinesTellAll() {
    List<String> all = train("--json-lines", "--validation", 20).succeeds().lines();
    assertThat(all).hasSize(4).allMatch(l -> l.startsWith("{\"event\":\"") && l.endsWith("}"));
    assertThat(all.get(0)).contains("\"event\":\"begin\"", "\"data\":\"mnist\"", "\"seed\":\"1\"");
    assertThat(all.get(2))
        .contains(
            "\"event\":\"epoch\",\"epoch\":2,\"loss\":", "\"validation\":{", "\"f1_macro\":0.");
    assertThat(all.get(3))
        .contains("\"event\":\"end\"", "\"ending\":\"finished\"", "\"images\":50", "\"model\":\"");
  }

  @Test
  void aTerminalShowsATableAndABar() {
    System.setProperty("quern.terminal", "true");
    Cli.Result r = train("--validation", 20, "--batch", 10);
    assertThat(r.status()).isZero();
    assertThat(r.lines().get(2))
        .matches(" +epoch +loss +accuracy +val loss +val acc +images/s +time");
    assertThat(r.lines().get(4)).matches(" +2/2( +\\d+\\.\\d{4}){4} +[\\d,]+ +\\d+\\.\\d\\d s");
    assertThat(r.err()).contains("epoch 1/2", "loss", ", acc ", "images/s");
  }

  @Test
  void aTerminalShowsTheCurveOfTheLoss() {
    System.setProperty("quern.terminal", "true");
    System.setProperty("stdout.encoding", "UTF-8");
    assertThat(train("--validation", 20).lines().get(5))
        .matches("loss █▁ \\d\\.\\d{4}   val loss (█▁|▁█) \\d\\.\\d{4}");
    assertThat(train("--overwrite").lines().get(5)).matches("loss █▁ \\d\\.\\d{4}");
    Cli.Result one = small.run(List.of("--epochs", 1, "--out", dir.resolve("one")));
    assertThat(one.out()).contains("1/1").doesNotContain("▁");
    for (String narrow : List.of("ISO-8859-1", "none")) {
      System.setProperty("stdout.encoding", narrow);
      assertThat(train("--overwrite").out()).contains("2/2").doesNotContain("█");
    }
  }

  @Test
  void withoutATerminalThereIsNoCurve() {
    System.setProperty("stdout.encoding", "UTF-8");
    assertThat(train().succeeds().out()).doesNotContain("█").contains("epoch 2/2");
  }

  @Test
  void bothFormsAreRefused() {
    assertThat(Cli.run("help", "train").succeeds().out()).containsOnlyOnce("      --quiet ");
    Cli.Result r = train("--quiet", "--json-lines");
    assertThat(r.err()).contains("--quiet, --json-lines are mutually exclusive");
    assertThat(r.status()).isEqualTo(Failures.USAGE);
  }

  @Test
  void theAddressOfTheLivePageIsPrinted() {
    train("--ui", 65536).isRefused("'65536' is not a port from 0 to 65535");
    train("--ui", "x").isRefused("'x' is not a port");
    Cli.Result r = train("--ui").succeeds();
    assertThat(r.lines().get(2)).matches("page http://127\\.0\\.0\\.1:\\d+/#[0-9a-f]{32}");
    r = Cli.run("train", "--resume", dir.resolve("run"), "--epochs", 3, "--ui", "--ui-runs", dir);
    assertThat(r.succeeds().out()).contains("page http://127.0.0.1:");
    r = Cli.run("train", "--resume", dir.resolve("run"), "--epochs", 4).succeeds();
    assertThat(r.out()).doesNotContain("page http");
  }

  @Test
  void eventsOfTensorBoardAreWritten() throws IOException {
    train("--tensorboard", dir.resolve("events")).succeeds();
    try (var files = Files.list(dir.resolve("events"))) {
      assertThat(files).singleElement().asString().contains("events.out.tfevents.");
    }
  }
}

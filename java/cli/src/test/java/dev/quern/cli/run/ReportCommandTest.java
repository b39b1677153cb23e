package dev.quern.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.SmallTraining;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
  @TempDir Path dir;
  private SmallTraining small;

  @BeforeEach
  void writeData() throws IOException {
    small = SmallTraining.in(dir, 100, 50);
  }

  private Path train(String name, Object... more) {
    Path out = dir.resolve(name);
    small.run(List.of("--epochs", 1, "--out", out), more).succeeds();
    return out;
  }

  @Test
  void trainingEndsWithAReport() throws IOException {
    Path out = train("run", "--validation", 20, "--seed", 77);
    String html = Files.readString(out.resolve("report.html"));
    assertThat(html)
        .contains("small on mnist", "Confusion", "Calibration", "single label on 50 test samples")
        .contains("quern train --net", "--seed 77", "validation accuracy");
  }

  @Test
  void noReportWhereNoneIsWanted() {
    Path out = train("run", "--no-report");
    assertThat(out.resolve("report.html")).doesNotExist();
    assertThat(out.resolve("report.json")).doesNotExist();
    Cli.run("report", out).succeeds();
    assertThat(out.resolve("report.html")).exists();
  }

  @Test
  void aReportIsMadeAgain() throws IOException {
    Path out = train("run");
    String before = Files.readString(out.resolve("report.html"));
    Files.delete(out.resolve("report.html"));
    Cli.Result r = Cli.run("report", out).succeeds();
    assertThat(r.lastLine()).isEqualTo("report " + out.resolve("report.html"));
    assertThat(Files.readString(out.resolve("report.html"))).isEqualTo(before);
  }

  @Test
  void severalAreCompared() throws IOException {
    Path one = train("one");
    Path two = train("two", "--lr", 0.05);
    Path page = dir.resolve("c.html");
    Cli.run("report", one, two, "--out", page).succeeds();
    assertThat(Files.readString(page))
        .contains("2 runs", ">one<", ">two<", "<td class=\"name\">0.05");
  }

  @Test
  void aFolderWithoutRunsIsRefused() {
    Cli.run("report", small.data()).fails("quern: report: no run found in");
  }

  /** Nobody trains for an hour to lose its report. */
  @Test
  void whereNoReportCanBeWrittenNobodyTrains() throws IOException {
    Path out = Files.createDirectories(dir.resolve("run"));
    Files.createDirectory(out.resolve("report.html"));
    small.run("--epochs", 1, "--out", out).fails("cannot write to", "report.html");
  }
}

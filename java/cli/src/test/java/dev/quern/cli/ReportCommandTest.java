package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
  @TempDir Path dir;
  private Path data;
  private Path net;

  @BeforeEach
  void writeData() throws IOException {
    data = Samples.write(dir.resolve("data"), 100, 50);
    net = Samples.network(dir.resolve("small.json"));
  }

  private Path train(String name, Object... more) {
    Path out = dir.resolve(name);
    List<Object> line =
        new ArrayList<>(
            List.of("train", "--net", net, "--data", "mnist", "--data-dir", data, "--epochs", 1));
    line.addAll(List.of("--out", out));
    line.addAll(List.of(more));
    Cli.run(line.toArray()).succeeds();
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
    Cli.run("report", data).fails("quern: report: there is no run in");
  }

  /** Nobody trains for an hour to lose its report. */
  @Test
  void whereNoReportCanBeWrittenNobodyTrains() throws IOException {
    Path out = Files.createDirectories(dir.resolve("run"));
    Files.createDirectory(out.resolve("report.html"));
    Cli.Result r =
        Cli.run(
            "train",
            "--net",
            net,
            "--data",
            "mnist",
            "--data-dir",
            data,
            "--epochs",
            1,
            "--out",
            out);
    r.fails("cannot write to", "report.html");
  }
}

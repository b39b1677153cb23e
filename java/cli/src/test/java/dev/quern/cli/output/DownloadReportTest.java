package dev.quern.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DownloadReportTest {
  private final StringWriter terminal = new StringWriter();

  @AfterEach
  void forget() {
    System.clearProperty("quern.terminal");
  }

  private void download(boolean watched) {
    System.setProperty("quern.terminal", Boolean.toString(watched));
    try (DownloadReport report = new DownloadReport(new PrintWriter(terminal, true))) {
      for (long bytes = 0; bytes <= 50_000_000; bytes += 1_000_000) {
        report.progress(bytes, 50_000_000);
      }
    }
  }

  @Test
  void withoutTerminalALineATenth() {
    download(false);
    assertThat(terminal.toString().lines())
        .hasSize(11)
        .startsWith("download 0 of 50 MB", "download 5 of 50 MB")
        .endsWith("download 50 of 50 MB");
  }

  @Test
  void onATerminalABarThatGoes() {
    download(true);
    assertThat(terminal.toString())
        .startsWith("\rdownload   0% [")
        .contains("download 100% [==", " MB/s, 0:00 left")
        .endsWith("\r\u001b[K")
        .doesNotContain("\n");
  }
}

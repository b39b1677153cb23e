package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BarTest {
  private final StringWriter terminal = new StringWriter();

  @AfterEach
  void forget() {
    System.clearProperty("quern.terminal");
    System.clearProperty("quern.columns");
  }

  private Bar bar(boolean watched) {
    System.setProperty("quern.terminal", Boolean.toString(watched));
    return new Bar(new PrintWriter(terminal), "training", 1000, " images", 1);
  }

  @Test
  void nothingWhereNobodyWatches() {
    try (Bar bar = bar(false)) {
      assertThat(bar.isShown()).isFalse();
      bar.add(10);
      bar.to(20);
      bar.above(() -> terminal.write("line"));
    }
    assertThat(terminal).hasToString("line");
  }

  @Test
  void showsProgressSpeedAndTimeLeftInOneLine() {
    System.setProperty("quern.columns", "90");
    try (Bar bar = bar(true)) {
      assertThat(bar.isShown()).isTrue();
      bar.add(600);
      bar.to(1000);
    }
    String text = terminal.toString();
    assertThat(text).contains("training 100% [", "1000/1000 images (0:00:00 / ", "images/s");
    assertThat(text).doesNotContain("\n");
    for (String drawn : text.split("\r")) {
      assertThat(drawn.replaceAll("\u001b\\[K", "").length()).isLessThan(90);
    }
    assertThat(text).endsWith("\r\u001b[K");
  }

  /** Of a run that goes on: what was done before has no part in the speed. */
  @Test
  void beginsWhereTheRunWas() {
    System.setProperty("quern.terminal", "true");
    PrintWriter out = new PrintWriter(terminal);
    try (Bar bar = new Bar(out, "training", 600, 1000, " images", 1)) {
      assertThat(bar.isShown()).isTrue();
    }
    assertThat(terminal.toString()).contains(" 60% [", "600/1000 images (", "? images/s");
  }

  @Test
  void linesAboveReplaceIt() {
    try (Bar bar = bar(true)) {
      bar.above(() -> terminal.write("epoch 1\n"));
    }
    assertThat(terminal.toString()).contains("\r\u001b[Kepoch 1\n");
  }

  @Test
  void downloadWithoutTerminalPrintsALineATenth() {
    System.setProperty("quern.terminal", "false");
    try (DownloadReport report = new DownloadReport(new PrintWriter(terminal, true))) {
      for (long bytes = 0; bytes <= 50_000_000; bytes += 1_000_000) {
        report.progress(bytes, 50_000_000);
      }
    }
    assertThat(terminal.toString().lines())
        .hasSize(11)
        .startsWith("download 0 of 50 MB", "download 5 of 50 MB")
        .endsWith("download 50 of 50 MB");
  }

  @Test
  void theLauncherKnowsBetterThanTheJvm() {
    System.setProperty("quern.terminal", "true");
    assertThat(Terminal.isWatched()).isTrue();
    System.setProperty("quern.terminal", "false");
    assertThat(Terminal.isWatched()).isFalse();
    System.setProperty("quern.columns", "132");
    assertThat(Terminal.columns()).isEqualTo(132);
    System.setProperty("quern.columns", "0");
    assertThat(Terminal.columns()).isEqualTo(40);
    System.setProperty("quern.columns", "");
    assertThat(Terminal.columns()).isEqualTo(80);
  }
}

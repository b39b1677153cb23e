package dev.quern.cli;

import java.io.PrintWriter;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar with speed and time left in the last line of a terminal; nothing at all where
 * nobody watches.
 */
final class Bar implements AutoCloseable {
  /** To the line's beginning, and erase it. */
  private static final String CLEAR = "\r\033[K";

  private static final int UPDATE_MILLIS = 250;

  private final PrintWriter terminal;
  private final ProgressBar bar;

  /**
   * @param total in the same unit as {@link #add}
   * @param unit what is counted, with {@code unitSize} to one of them
   */
  Bar(PrintWriter terminal, String task, long total, String unit, long unitSize) {
    this(terminal, task, 0, total, unit, unitSize);
  }

  /**
   * @param done where it begins; no part of its speed
   */
  Bar(PrintWriter terminal, String task, long done, long total, String unit, long unitSize) {
    this.terminal = terminal;
    this.bar = Terminal.isWatched() ? bar(task, done, total, unit, unitSize) : null;
  }

  private ProgressBar bar(String task, long done, long total, String unit, long unitSize) {
    // an own consumer: the library's would open the terminal once more, through JLine, to ask for
    // the width that is known here, and could not make room for other lines
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(total)
        .startsFrom(done, Duration.ZERO)
        .setUnit(unit, unitSize)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .showSpeed(new DecimalFormat("0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
        .setConsumer(new DelegatingProgressBarConsumer(this::draw, Terminal.columns() - 1))
        .build();
  }

  boolean isShown() {
    return bar != null;
  }

  void add(long amount) {
    if (bar != null) {
      bar.stepBy(amount);
    }
  }

  void to(long amount) {
    if (bar != null) {
      bar.stepTo(amount);
    }
  }

  private void draw(String line) {
    synchronized (terminal) {
      terminal.print("\r" + line.stripTrailing() + "\033[K");
      terminal.flush();
    }
  }

  /** Prints without mixing with the bar, which comes back at its next update. */
  void above(Runnable print) {
    synchronized (terminal) {
      if (bar != null) {
        terminal.print(CLEAR);
        terminal.flush();
      }
      print.run();
    }
  }

  /** Takes the bar off the terminal. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      above(() -> {});
    }
  }
}

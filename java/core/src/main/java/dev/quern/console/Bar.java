package dev.quern.console;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A progress bar with speed and remaining time in the last line of a terminal. The bar is drawn at
 * most four times a second, by the thread that reports progress; without a terminal, nothing is
 * printed. Thread-safe.
 */
public final class Bar implements AutoCloseable {
  /** Moves the cursor to the beginning of the line and erases the line. */
  private static final String CLEAR = "\r\033[K";

  private static final long UPDATE_NANOS = 250_000_000;
  private static final int LEAST_WIDTH = 3;

  private final PrintWriter terminal;
  private final String unit;
  private final int columns;
  private final LongSupplier nanos;

  /**
   * Whether progress was reported. Speed and remaining time are computed relative to the first
   * report, because a resumed run starts with finished work.
   */
  private boolean begun;

  private long beginNanos;
  private double beginPart;
  private double beginAmount;

  private boolean drawn;
  private long drawnNanos;

  /**
   * Creates a progress bar, which is visible on a terminal only.
   *
   * @param unit unit of the amount, such as {@code images}
   */
  public Bar(PrintWriter terminal, String unit) {
    this(terminal, unit, Terminal.isWatched() ? Terminal.columns() : 0, System::nanoTime);
  }

  /**
   * Creates a progress bar for a terminal of a given width.
   *
   * @param columns width of the terminal in characters; 0 without a terminal
   * @param nanos clock that returns nanoseconds
   */
  Bar(PrintWriter terminal, String unit, int columns, LongSupplier nanos) {
    this.terminal = terminal;
    this.unit = unit;
    this.columns = columns;
    this.nanos = nanos;
  }

  public boolean isShown() {
    return columns > 0;
  }

  /**
   * Reports progress.
   *
   * @param task name of the task
   * @param part finished fraction of the task, from 0 to 1
   * @param amount number of finished units of the task
   * @param note string at the end of the line; may be empty
   */
  public void to(String task, double part, double amount, String note) {
    if (!isShown()) {
      return;
    }
    synchronized (terminal) {
      long now = nanos.getAsLong();
      if (!begun) {
        begun = true;
        beginNanos = now;
        beginPart = part;
        beginAmount = amount;
      }
      if (!drawn || part >= 1 || now - drawnNanos >= UPDATE_NANOS) {
        terminal.print("\r" + line(task, part, amount, note, now) + "\033[K");
        terminal.flush();
        drawn = true;
        drawnNanos = now;
      }
    }
  }

  private String line(String task, double part, double amount, String note, long now) {
    String percent = String.format(Locale.ROOT, " %3.0f%% ", 100 * clamp(part));
    double seconds = (now - beginNanos) * 1e-9;
    double speed = (amount - beginAmount) / seconds;
    double left = (1 - part) / (part - beginPart) * seconds;
    String figures = "";
    if (Double.isFinite(speed) && Double.isFinite(left) && left >= 0) {
      figures = String.format(Locale.ROOT, " %.0f %s/s, %s left", speed, unit, clock(left));
    }
    if (!note.isEmpty()) {
      figures += (figures.isEmpty() ? " " : ", ") + note;
    }
    int room = columns - 1 - task.length() - percent.length() - figures.length() - 2;
    String text = task + percent + (room < LEAST_WIDTH ? "" : drawing(room, part)) + figures;
    return text.substring(0, Math.min(text.length(), columns - 1)).stripTrailing();
  }

  private static String drawing(int width, double part) {
    int full = (int) (width * clamp(part));
    String head = full == 0 || full == width ? "" : ">";
    return "[" + "=".repeat(full - head.length()) + head + " ".repeat(width - full) + "]";
  }

  /** Clamps a fraction to [0, 1]; NaN becomes 0. */
  private static double clamp(double part) {
    return part > 0 ? Math.min(1, part) : 0;
  }

  private static String clock(double seconds) {
    long s = Math.round(seconds);
    String minutes = String.format(Locale.ROOT, "%d:%02d", s / 60 % 60, s % 60);
    return s < 3600
        ? minutes
        : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }

  /**
   * Prints above the bar: removes the bar and runs {@code print}; the next report draws the bar
   * again.
   */
  public void above(Runnable print) {
    synchronized (terminal) {
      clear();
      print.run();
    }
  }

  private void clear() {
    if (drawn) {
      terminal.print(CLEAR);
      terminal.flush();
      drawn = false;
    }
  }

  /** Removes the bar from the terminal; a later report draws a new bar. */
  @Override
  public void close() {
    synchronized (terminal) {
      clear();
      begun = false;
    }
  }
}

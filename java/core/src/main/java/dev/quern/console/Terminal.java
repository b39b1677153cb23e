package dev.quern.console;

import java.io.Console;
import java.util.function.BooleanSupplier;

/**
 * Detects whether the output is a terminal. The launcher, which can check each stream separately,
 * passes the system properties {@code quern.terminal} (whether standard error is a terminal) and
 * {@code quern.columns}; without a launcher the JVM is queried.
 */
public final class Terminal {
  private static final int USUAL_COLUMNS = 80;
  private static final int FEWEST_COLUMNS = 40;

  private Terminal() {}

  public static boolean isWatched() {
    return isWatched(
        System.getProperty("quern.terminal"),
        System.getenv("TERM"),
        () -> isTerminal(Console.class, System.console()));
  }

  /**
   * Returns whether the output is a terminal that can show a progress bar.
   *
   * @param toldOrNull the launcher's value, which takes precedence
   * @param termOrNull the terminal's type, TERM; terminals of type {@code dumb} cannot move the
   *     cursor
   * @param console returns whether the JVM's console is a terminal
   */
  static boolean isWatched(String toldOrNull, String termOrNull, BooleanSupplier console) {
    return toldOrNull != null
        ? Boolean.parseBoolean(toldOrNull)
        : !"dumb".equals(termOrNull) && console.getAsBoolean();
  }

  /**
   * Returns whether a console is a terminal. Up to JDK 21, a console exists only on a terminal.
   * Later JDKs always have a console, whose method {@code isTerminal} is called.
   */
  static <T> boolean isTerminal(Class<T> type, T consoleOrNull) {
    if (consoleOrNull == null) {
      return false;
    }
    try {
      return (boolean) type.getMethod("isTerminal").invoke(consoleOrNull);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /** Returns the number of characters per line of the terminal, at least 40; 80 if unknown. */
  public static int columns() {
    return Math.max(FEWEST_COLUMNS, Integer.getInteger("quern.columns", USUAL_COLUMNS));
  }
}

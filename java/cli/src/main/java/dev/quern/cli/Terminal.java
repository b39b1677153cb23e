package dev.quern.cli;

import java.io.Console;

/**
 * Whether somebody watches. The launcher, which can ask for each stream alone, says so in the
 * system properties {@code quern.terminal} (whether standard error is one) and {@code
 * quern.columns}; without a launcher the JVM is asked.
 */
final class Terminal {
  private static final int USUAL_COLUMNS = 80;
  private static final int FEWEST_COLUMNS = 40;

  private Terminal() {}

  static boolean isWatched() {
    String told = System.getProperty("quern.terminal");
    return told != null ? Boolean.parseBoolean(told) : isTerminal(System.console());
  }

  /** Up to JDK 21 there is a console only on a terminal; later ones have to be asked. */
  private static boolean isTerminal(Console console) {
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  static int columns() {
    return Math.max(FEWEST_COLUMNS, Integer.getInteger("quern.columns", USUAL_COLUMNS));
  }
}

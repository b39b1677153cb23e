package dev.quern.io.table;

import org.jspecify.annotations.Nullable;

/**
 * A parser of the numbers in a table's cells; Java's suffixes and hexadecimal numbers are rejected.
 */
final class Numbers {
  private static final int MOST_SHOWN = 40;

  private Numbers() {}

  /** Parses a number, including NaN and infinities; returns null if the text is not a number. */
  static @Nullable Float parse(String text) {
    if (text.isEmpty() || "dDfF".indexOf(text.charAt(text.length() - 1)) >= 0) {
      return special(text);
    }
    if (text.indexOf('x') >= 0 || text.indexOf('X') >= 0) {
      return null;
    }
    try {
      return Float.valueOf(text);
    } catch (NumberFormatException e) {
      return special(text);
    }
  }

  private static @Nullable Float special(String text) {
    String bare = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
    if (bare.equalsIgnoreCase("nan")) {
      return Float.NaN;
    }
    boolean infinite = bare.equalsIgnoreCase("inf") || bare.equalsIgnoreCase("infinity");
    return infinite ? Float.valueOf(Float.POSITIVE_INFINITY) : null;
  }

  static boolean isNumber(String text) {
    return parse(text) != null;
  }

  /** Returns a text in quotes for messages, truncated if it is long. */
  static String shown(String text) {
    return '"' + (text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "..." : text) + '"';
  }
}

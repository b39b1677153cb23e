package dev.quern.serve.http;

/**
 * Converts a client's text to a form that is safe in responses and logs: shortened, and without
 * control characters.
 */
public final class Shown {
  private static final int MOST = 64;

  private Shown() {}

  public static String of(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(MOST)
        .map(c -> Character.isISOControl(c) || c == '"' ? '?' : c)
        .forEach(shown::appendCodePoint);
    return '"'
        + shown.toString()
        + (text.codePointCount(0, text.length()) > MOST ? "..." : "")
        + '"';
  }
}

package dev.quern.report.page;

import java.util.Locale;

/**
 * Builds HTML. All text, such as names of classes, files and layers, is escaped by {@link
 * #escaped}. Not thread-safe.
 */
final class Html {
  private final StringBuilder out = new StringBuilder();

  /** Adds markup without escaping it; must not be used with text from users or files. */
  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  /** Adds markup in which each {@code {}} is replaced by the next text, escaped. */
  Html put(String markup, Object... texts) {
    int at = 0;
    for (Object text : texts) {
      int next = markup.indexOf("{}", at);
      out.append(markup, at, next).append(escaped(String.valueOf(text)));
      at = next + 2;
    }
    out.append(markup, at, markup.length());
    return this;
  }

  static String escaped(String text) {
    StringBuilder safe = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(isShown(c) ? c : '\ufffd');
              }
            });
    return safe.toString();
  }

  /**
   * Returns whether a character is kept. Control characters, unpaired surrogates and changes of
   * text direction are replaced.
   */
  private static boolean isShown(int c) {
    int type = Character.getType(c);
    return c == '\n'
        || c == '\t'
        || (type != Character.CONTROL && type != Character.SURROGATE && type != Character.FORMAT);
  }

  /**
   * Escapes JSON for use inside a script element, so that an HTML parser cannot find the end of the
   * element in the JSON.
   */
  static String json(String text) {
    return text.replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  /** Formats a number with four decimal places; NaN and infinities become a dash. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return "–";
    }
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e15) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return size >= 1e-3 && size < 1e6
        ? String.format(Locale.ROOT, size >= 100 ? "%,.1f" : "%.4f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }

  static String percent(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f %%", 100 * value) : "–";
  }

  /** Formats a duration, for example {@code 1 h 02 min}, {@code 3 min 05 s}, {@code 4.2 s}. */
  static String time(double seconds) {
    long s = Math.round(seconds);
    if (s < 60) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    return s < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d h %02d min", s / 3600, s / 60 % 60);
  }

  @Override
  public String toString() {
    return out.toString();
  }
}

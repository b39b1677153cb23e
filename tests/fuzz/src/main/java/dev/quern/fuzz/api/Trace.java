package dev.quern.fuzz.api;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The calls of a case, put into words only where they are read. Thread-safe. */
final class Trace {
  private static final int LINES = 300;
  private static final int WIDTH = 400;
  private final List<Supplier<String>> lines = new ArrayList<>();

  synchronized void add(Supplier<String> line) {
    if (lines.size() < LINES) {
      lines.add(line);
    }
  }

  void add(String line) {
    add(() -> line);
  }

  /** Without control characters and broken surrogates, and short enough to be read. */
  static String cut(String text) {
    String plain =
        text.length() > WIDTH
            ? text.substring(0, WIDTH) + "... (" + text.length() + " characters)"
            : text;
    return plain.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
  }

  @Override
  public synchronized String toString() {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append("\n  ").append(line.get()));
    return text.toString();
  }
}

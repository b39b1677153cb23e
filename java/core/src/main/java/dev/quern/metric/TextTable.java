package dev.quern.metric;

import dev.quern.internal.Names;
import java.util.ArrayList;
import java.util.List;

/**
 * A plain-text table. A column is as wide as its longest cell; the first column is left-aligned,
 * the others are right-aligned.
 */
final class TextTable {
  /** Maximum width of a cell in characters; longer text is truncated. */
  private static final int WIDEST = 20;

  private final List<List<String>> lines = new ArrayList<>();

  TextTable() {
    line();
  }

  TextTable line() {
    lines.add(new ArrayList<>());
    return this;
  }

  TextTable cell(String text) {
    String plain = Names.inLine(text);
    String cut = plain.length() > WIDEST ? plain.substring(0, WIDEST - 1) + "~" : plain;
    lines.get(lines.size() - 1).add(cut);
    return this;
  }

  @Override
  public String toString() {
    List<Integer> widths = new ArrayList<>();
    for (List<String> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        if (i == widths.size()) {
          widths.add(0);
        }
        widths.set(i, Math.max(widths.get(i), line.get(i).length()));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        String pad = " ".repeat(widths.get(i) - line.get(i).length());
        text.append(i == 0 ? line.get(i) + pad : "  " + pad + line.get(i));
      }
      text.append('\n');
    }
    return text.toString();
  }
}

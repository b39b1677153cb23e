package dev.quern.io.folder;

import dev.quern.error.FormatException;
import java.util.ArrayList;
import java.util.List;

/** Comma-separated values as RFC 4180 has them: quotes, doubled quotes, line breaks in quotes. */
final class Csv {
  private final String what;
  private final String text;
  private int at;
  private int line = 1;

  private Csv(String what, String text) {
    this.what = what;
    this.text = text;
    at = text.startsWith("\ufeff") ? 1 : 0;
  }

  /**
   * @param line where it begins, from 1
   */
  record Row(int line, List<String> cells) {}

  /**
   * Parses all rows except empty lines.
   *
   * @param what operation and file, for messages
   * @throws FormatException if a quote is not closed, or characters follow it
   */
  static List<Row> rows(String what, String text) {
    Csv csv = new Csv(what, text);
    List<Row> rows = new ArrayList<>();
    while (csv.at < text.length()) {
      Row row = csv.row();
      if (row.cells.size() > 1 || !row.cells.get(0).isEmpty()) {
        rows.add(row);
      }
    }
    return rows;
  }

  private Row row() {
    int begin = line;
    List<String> cells = new ArrayList<>();
    while (true) {
      cells.add(at < text.length() && text.charAt(at) == '"' ? quoted() : plain());
      if (at >= text.length()) {
        return new Row(begin, cells);
      }
      char end = text.charAt(at++);
      if (end == '\r' && at < text.length() && text.charAt(at) == '\n') {
        at++;
      }
      if (end != ',') {
        line++;
        return new Row(begin, cells);
      }
    }
  }

  private String plain() {
    int from = at;
    while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(from, at).strip();
  }

  private String quoted() {
    int begin = line;
    StringBuilder cell = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"' && at < text.length() && text.charAt(at) == '"') {
        at++;
      } else if (c == '"') {
        if (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
          throw new FormatException(what + ": line " + line + ": characters after a closing quote");
        }
        return cell.toString();
      } else if (c == '\n') {
        line++;
      }
      cell.append(c);
    }
    throw new FormatException(what + ": line " + begin + ": a quote is not closed");
  }
}

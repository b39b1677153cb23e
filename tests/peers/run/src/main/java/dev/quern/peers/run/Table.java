package dev.quern.peers.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The comparison as a Markdown table, columns padded so that it reads as plain text too. */
final class Table {
  private Table() {}

  static String of(List<Row> rows, List<Candidate> peers) {
    List<Candidate> columns = new ArrayList<>();
    columns.add(Candidate.QUERN);
    columns.addAll(peers);
    List<List<String>> cells = new ArrayList<>();
    List<String> titles = new ArrayList<>();
    titles.add("images/s");
    columns.forEach(c -> titles.add(c.title()));
    titles.add("Quern / best");
    cells.add(titles);
    for (Row row : rows) {
      List<String> line = new ArrayList<>();
      line.add(row.workload().title());
      columns.forEach(c -> line.add(rate(row.rate(c))));
      line.add(text(row.ratio(), "%.2f"));
      cells.add(line);
    }
    cells.add(mean(rows, titles.size()));
    return print(cells);
  }

  private static List<String> mean(List<Row> rows, int columns) {
    double log =
        rows.stream()
            .flatMapToDouble(r -> r.ratio().stream())
            .map(Math::log)
            .average()
            .orElse(Double.NaN);
    List<String> line = new ArrayList<>(Collections.nCopies(columns, ""));
    line.set(0, "geometric mean");
    line.set(
        columns - 1, Double.isNaN(log) ? "-" : String.format(Locale.ROOT, "%.2f", Math.exp(log)));
    return line;
  }

  private static String rate(OptionalDouble rate) {
    return text(rate, rate.orElse(0) < 100 ? "%.1f" : "%,.0f");
  }

  private static String text(OptionalDouble value, String format) {
    return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "-";
  }

  private static String print(List<List<String>> cells) {
    int columns = cells.get(0).size();
    int[] widths = new int[columns];
    for (List<String> line : cells) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : cells) {
      for (int i = 0; i < columns; i++) {
        String form = i == 0 ? "| %-" + widths[i] + "s |" : " %" + widths[i] + "s |";
        text.append(String.format(Locale.ROOT, form, line.get(i)));
      }
      text.append(System.lineSeparator());
      if (line == cells.get(0)) {
        text.append(rule(widths)).append(System.lineSeparator());
      }
    }
    return text.toString();
  }

  private static String rule(int[] widths) {
    StringBuilder rule = new StringBuilder("|").append("-".repeat(widths[0] + 2)).append('|');
    for (int i = 1; i < widths.length; i++) {
      rule.append("-".repeat(widths[i] + 1)).append(":|");
    }
    return rule.toString();
  }
}

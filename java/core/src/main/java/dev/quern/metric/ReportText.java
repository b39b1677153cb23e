package dev.quern.metric;

import java.util.Locale;
import java.util.Map;

/** Formats a report as text. */
final class ReportText {
  /** Maximum number of rows in the formatted text. */
  private static final int SHOWN = 50;

  private ReportText() {}

  static String of(Report report) {
    StringBuilder text = new StringBuilder();
    if (!report.rows().isEmpty()) {
      text.append(rows(report)).append('\n');
    }
    int longest = report.metrics().keySet().stream().mapToInt(String::length).max().orElse(0);
    report
        .metrics()
        .forEach(
            (name, v) ->
                text.append(name)
                    .append(" ".repeat(longest - name.length() + 2))
                    .append(number(v))
                    .append('\n'));
    return text.toString();
  }

  private static String rows(Report report) {
    Map<String, Double> columns = report.rows().get(0).metrics();
    TextTable table = new TextTable().cell("");
    columns.keySet().forEach(table::cell);
    table.cell("support");
    int shown = Math.min(SHOWN, report.rows().size());
    for (Report.Row row : report.rows().subList(0, shown)) {
      table.line().cell(row.name());
      row.metrics().values().forEach(v -> table.cell(number(v)));
      table.cell(Long.toString(row.support()));
    }
    int left = report.rows().size() - shown;
    return left == 0 ? table.toString() : table + "and " + left + " more\n";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}

package dev.quern.cli.search;

import dev.quern.cli.process.Failures;
import dev.quern.report.RunReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Formats trials as text, and as an HTML page that compares them. */
final class SearchTable {
  private SearchTable() {}

  /** Returns the result of a trial in one line. */
  static String line(SearchTrial t) {
    String head = "trial " + t.number() + ": " + t.words() + ": ";
    if (t.state() == SearchTrial.State.FAILED) {
      return Failures.printable(head + "failed: " + t.failure());
    }
    return Failures.printable(
        head
            + String.format(
                Locale.ROOT,
                "%d epochs, validation %s %.4f, %.1f s",
                t.epochs(),
                t.result().metric(),
                t.result().score(),
                t.seconds()));
  }

  /** Returns a table as lines: column names, then one line per trial. */
  static List<String> of(List<SearchTrial> trials) {
    Set<String> options = new LinkedHashSet<>();
    trials.forEach(t -> t.options().fieldNames().forEachRemaining(options::add));
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("trial"));
    head.addAll(options);
    head.addAll(List.of("epochs", "score", "val loss", "seconds", "state"));
    rows.add(head);
    for (SearchTrial t : trials) {
      List<String> row = new ArrayList<>(List.of(Integer.toString(t.number())));
      options.forEach(o -> row.add(Failures.printable(SearchTrial.text(t.options().path(o)))));
      row.add(Integer.toString(t.epochs()));
      row.add(t.result() == null ? "-" : number(t.result().score()));
      row.add(t.result() == null ? "-" : number(t.result().loss()));
      row.add(String.format(Locale.ROOT, "%.1f", t.seconds()));
      row.add(t.state().toString());
      rows.add(row);
    }
    return aligned(rows);
  }

  private static String number(double value) {
    return Double.isFinite(value)
        ? String.format(Locale.ROOT, Math.abs(value) < 1e5 ? "%.4f" : "%.3g", value)
        : "-";
  }

  private static List<String> aligned(List<List<String>> rows) {
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < row.size(); c++) {
        int column = c;
        int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
        line.append(c == 0 ? "" : "  ").append(" ".repeat(width - row.get(c).length()));
        line.append(row.get(c));
      }
      lines.add(line.toString());
    }
    return lines;
  }

  /**
   * Writes an HTML page that compares the trials that have a report.
   *
   * @param folder the folder of the search, which contains the trials' folders
   * @return whether any trial has a report; otherwise no page is written
   */
  static boolean writePage(Path file, Path folder, List<SearchTrial> trials) {
    List<RunReport> runs = new ArrayList<>();
    for (SearchTrial t : trials) {
      Path run = folder.resolve(t.folder());
      if (t.result() != null && RunReport.isRun(run)) {
        runs.add(RunReport.ofRun(run).withTitle(t.number() + ": " + t.words()));
      }
    }
    if (!runs.isEmpty()) {
      RunReport.writeComparison(file, runs);
    }
    return !runs.isEmpty();
  }
}

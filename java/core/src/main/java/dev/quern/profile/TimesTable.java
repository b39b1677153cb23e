package dev.quern.profile;

import dev.quern.internal.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Formats {@link LayerTimes} as tables. */
final class TimesTable {
  private static final List<String> RATES =
      List.of("forward ms", "backward ms", "share", "GFLOP/s", "of peak", "GB/s", "of copy");

  private final LayerTimes times;
  private final StringBuilder text = new StringBuilder();

  private TimesTable(LayerTimes times) {
    this.times = times;
  }

  static String of(LayerTimes times) {
    TimesTable table = new TimesTable(times);
    table.layers();
    table.text.append('\n');
    table.operators();
    table.text.append(
        String.format(
            Locale.ROOT,
            "\nat best: %.1f GFLOP/s of fused multiply-adds, %.1f GB/s of a copy\n",
            times.speed().operations() / 1e9,
            times.speed().bytes() / 1e9));
    return table.text.toString();
  }

  private void layers() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(line("layer", "type", RATES));
    for (LayerTimes.Row row : times.layers()) {
      String fused = row.fused().isEmpty() ? "" : " + " + String.join(" + ", row.fused());
      String by = row.implementation().isEmpty() ? "" : " (" + row.implementation() + ")";
      lines.add(line(row.layer() + fused, row.type() + by, cells(row.forward(), row.backward())));
    }
    double loss = times.lossSeconds();
    lines.add(line("loss", "", List.of(millis(loss), "", share(loss))));
    lines.add(line("step of " + times.samples(), "", List.of(millis(times.stepSeconds()))));
    print(lines);
  }

  private void operators() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(line("operator", "layers", RATES));
    for (LayerTimes.Operator o : times.operators()) {
      lines.add(line(o.type(), Integer.toString(o.layers()), cells(o.forward(), o.backward())));
    }
    print(lines);
  }

  private static List<String> line(String first, String second, List<String> rates) {
    List<String> cells = new ArrayList<>(List.of(Names.inLine(first), Names.inLine(second)));
    cells.addAll(rates);
    while (cells.size() < 2 + RATES.size()) {
      cells.add("");
    }
    return cells;
  }

  private List<String> cells(Pass forward, Pass backward) {
    Pass both = forward.plus(backward);
    double operations = rate(both.operations(), both.seconds());
    double bytes = rate(both.bytes(), both.seconds());
    return List.of(
        millis(forward.seconds()),
        millis(backward.seconds()),
        share(both.seconds()),
        operations == 0 ? "" : String.format(Locale.ROOT, "%.1f", operations / 1e9),
        operations == 0 ? "" : percent(rate(operations, times.speed().operations())),
        bytes == 0 ? "" : String.format(Locale.ROOT, "%.1f", bytes / 1e9),
        bytes == 0 ? "" : percent(rate(bytes, times.speed().bytes())));
  }

  private static double rate(double amount, double per) {
    return per == 0 ? 0 : amount / per;
  }

  private static String millis(double seconds) {
    return String.format(Locale.ROOT, "%.3f", 1000 * seconds);
  }

  private String share(double seconds) {
    return times.stepSeconds() == 0 ? "" : percent(seconds / times.stepSeconds());
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * part);
  }

  /** Appends a table, with names aligned to the left and numbers to the right. */
  private void print(List<List<String>> lines) {
    StringBuilder format = new StringBuilder();
    for (int column = 0; column < 2 + RATES.size(); column++) {
      int at = column;
      int width = lines.stream().mapToInt(l -> l.get(at).length()).max().orElseThrow();
      format.append(column == 0 ? "%-" : column == 1 ? "  %-" : "  %").append(width).append('s');
    }
    for (List<String> line : lines) {
      text.append(String.format(Locale.ROOT, format.toString(), line.toArray()).stripTrailing())
          .append('\n');
    }
  }
}

package dev.quern.reference.network;

import dev.quern.reference.internal.Require;
import dev.quern.reference.network.TensorCheck.Difference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Result of a {@link GradientCheck}, tensor by tensor.
 *
 * @param network the network's name
 * @param tensors results for the parameters in the network's order, followed by the input
 */
public record GradientReport(String network, GradientCheck check, List<TensorCheck> tensors) {
  private static final List<String> HEADER =
      List.of(
          "tensor",
          "shape",
          "scale",
          "entries",
          "twin-numeric",
          "at",
          "twin",
          "numeric",
          "native-twin",
          "at",
          "native",
          "twin",
          "");

  public GradientReport {
    Require.present("gradient report", "network, check", network, check);
    tensors = Require.all("gradient report", "tensors", tensors);
  }

  /** Returns whether all gradients agree within the tolerances. */
  public boolean passed() {
    return tensors.stream().allMatch(TensorCheck::passed);
  }

  /** Returns a table with the worst entry of each tensor, and a summary line. */
  @Override
  public String toString() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADER);
    tensors.forEach(t -> rows.add(row(t)));
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        String cell = row.get(column);
        String gap = " ".repeat(width(rows, column) - cell.length());
        // names are left-aligned, numbers right-aligned
        line.append(column < 2 ? cell + gap : gap + cell).append("  ");
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.append(summary()).append(System.lineSeparator()).toString();
  }

  private static int width(List<List<String>> rows, int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static List<String> row(TensorCheck t) {
    List<String> row = new ArrayList<>();
    Collections.addAll(
        row,
        t.tensor(),
        t.shape().toString(),
        String.format(Locale.ROOT, "%.1e", t.scale()),
        Integer.toString(t.entries()));
    difference(row, t, t.numeric());
    difference(row, t, t.nativeCode());
    row.add(t.passed() ? "ok" : "FAILS");
    return row;
  }

  private static void difference(List<String> row, TensorCheck t, Difference d) {
    if (d == null) {
      row.addAll(Collections.nCopies(4, "-"));
      return;
    }
    Collections.addAll(
        row,
        String.format(Locale.ROOT, "%.1e", d.error()),
        t.place(d.index()),
        String.format(Locale.ROOT, "%.6e", d.found()),
        String.format(Locale.ROOT, "%.6e", d.expected()));
  }

  private String summary() {
    long failed = tensors.stream().filter(t -> !t.passed()).count();
    return String.format(
        Locale.ROOT,
        "%s: %s of %d tensors %s (batch %d, seed %d; tolerance %.0e to differences, %.0e of native"
            + " code)",
        network,
        failed == 0 ? "the gradients" : "those of " + failed,
        tensors.size(),
        failed == 0 ? "agree" : "DISAGREE",
        check.batch(),
        check.seed(),
        check.tolerance(),
        check.nativeTolerance());
  }
}

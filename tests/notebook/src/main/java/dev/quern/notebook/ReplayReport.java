package dev.quern.notebook;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What {@code --replay} prints: a line a tensor, then the whole in a sentence. */
final class ReplayReport {
  private static final String LINE = "%-17s %-10s  %-12s  %s%n";

  private final List<Comparison> comparisons;

  private ReplayReport(List<Comparison> comparisons) {
    this.comparisons = comparisons;
  }

  /** Replays a step and compares what comes out with the record. */
  static ReplayReport of(RecordedStep step) {
    return new ReplayReport(Replay.of(step).stream().map(e -> Comparison.of(e, step)).toList());
  }

  List<Comparison> comparisons() {
    return comparisons;
  }

  void print(PrintWriter out, int images) {
    out.printf(
        "One recorded step of the notebook on %d images, replayed in float32 by native%n"
            + "operators. Difference: a tensor's largest one, relative to its largest magnitude.%n"
            + "In brackets: what the notebook does besides, added around the operators.%n%n",
        images);
    out.printf(LINE, "tensor", "difference", "verdict", "native operators [traits added]");
    for (Comparison c : comparisons) {
      out.printf(LINE, c.entry().name(), number(c.difference()), c.verdict(), origin(c.entry()));
    }
    out.println();
    out.println(
        "Not compared: the updated kernels leave int64's range, which makes them -2^63 there.");
    out.println("Native operators: " + operators());
    out.println(summary());
  }

  private static String origin(Ledger.Entry entry) {
    String traits = String.join(", ", entry.traits());
    String added = traits.isEmpty() ? "" : " [" + traits + "]";
    return (String.join(" ", entry.operators()) + added).strip();
  }

  private String operators() {
    return comparisons.stream()
        .flatMap(c -> c.entry().operators().stream())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private String summary() {
    List<Comparison> compared = comparisons.stream().filter(Comparison::compared).toList();
    long agreeing = compared.stream().filter(Comparison::agrees).count();
    Comparison worst =
        compared.stream().max(Comparator.comparingDouble(Comparison::difference)).orElseThrow();
    return String.format(
        Locale.ROOT,
        "%d of %d tensors agree within %s; the largest difference is %s (%s).",
        agreeing,
        compared.size(),
        number(Comparison.TOLERANCE),
        number(worst.difference()),
        worst.entry().name());
  }

  /**
   * @throws ReplayMismatchException if a tensor differs by more than the tolerance; names the first
   */
  void require() {
    for (Comparison c : comparisons) {
      if (!c.passes()) {
        throw new ReplayMismatchException(
            "replay: tensor "
                + c.entry().name()
                + " differs by "
                + number(c.difference())
                + " of its largest magnitude, at most "
                + number(Comparison.TOLERANCE)
                + " is wanted");
      }
    }
  }

  private static String number(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.1e", value);
  }
}

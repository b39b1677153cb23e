package dev.quern.report.page;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Curves over one axis, drawn by the page's script; NaN leaves a gap.
 *
 * @param axis label of the x axis
 * @param points whether values are drawn as points, as for epochs
 * @param log whether the axis is logarithmic
 */
record Chart(String title, String axis, boolean points, boolean log, List<Curve> curves) {
  /**
   * @param color one for each run; of a single run, one for each curve
   * @param dashed for what was not trained on
   */
  record Curve(
      String label,
      int color,
      boolean dashed,
      List<@Nullable Double> x,
      List<@Nullable Double> y) {}

  static Chart of(String title, String axis, boolean points) {
    return new Chart(title, axis, points, false, new ArrayList<>());
  }

  /** Curves over a logarithmic axis with values above 0. */
  static Chart logarithmic(String title, String axis) {
    return new Chart(title, axis, false, true, new ArrayList<>());
  }

  Chart add(String label, int color, boolean dashed, List<Double> x, List<Double> y) {
    List<@Nullable Double> values = new ArrayList<>();
    boolean any = false;
    for (double v : y) {
      values.add(Double.isFinite(v) ? v : null);
      any |= Double.isFinite(v);
    }
    if (any) {
      curves.add(new Curve(label, color, dashed, new ArrayList<>(x), values));
    }
    return this;
  }

  boolean isEmpty() {
    return curves.isEmpty();
  }
}

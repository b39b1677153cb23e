package dev.quern.report.page;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line chart with one x axis, drawn by the page's script. NaN values make a gap in a curve.
 *
 * @param axis the label of the x axis
 * @param points whether values are marked with points, as for epochs
 * @param log whether the x axis is logarithmic
 */
record Chart(String title, String axis, boolean points, boolean log, List<Curve> curves) {
  /**
   * A curve of the chart.
   *
   * @param color the index of the curve's color: one color per run, or one per curve if there is
   *     only one run
   * @param dashed whether the curve is dashed, which marks data not used in training
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

  /** Returns a chart with a logarithmic x axis; x values must be above 0. */
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

package dev.quern.report.page;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chart of curves over one axis, drawn by the page's script; NaN leaves a gap.
 *
 * @param axis the label of the x axis
 * @param points whether values are drawn as points, as for epochs
 * @param log whether the axis is logarithmic
 */
record Chart(String title, String axis, boolean points, boolean log, List<Curve> curves) {
  /**
   * A curve.
   *
   * @param color the index of the color: one for each run, or for a single run one for each curve
   * @param dashed whether the curve is dashed, for data that are not used in training
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

  /** Returns a chart with a logarithmic axis of values above 0. */
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

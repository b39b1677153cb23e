package dev.quern.ocr;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The order in which lines are read: rows from top to bottom, and each row from left to right. */
final class ReadingOrder {
  private ReadingOrder() {}

  /**
   * Returns the lines in reading order. A line belongs to the row above if their centers differ by
   * less than half of the smaller height.
   */
  static List<Quadrilateral> of(List<Quadrilateral> lines) {
    List<Quadrilateral> down = new ArrayList<>(lines);
    down.sort(
        Comparator.<Quadrilateral>comparingDouble(q -> q.center().y())
            .thenComparingDouble(q -> q.center().x()));
    List<Quadrilateral> all = new ArrayList<>();
    List<Quadrilateral> row = new ArrayList<>();
    for (Quadrilateral q : down) {
      if (!row.isEmpty() && !isSameRow(row.get(row.size() - 1), q)) {
        append(all, row);
      }
      row.add(q);
    }
    append(all, row);
    return all;
  }

  private static boolean isSameRow(Quadrilateral above, Quadrilateral q) {
    double apart = q.center().y() - above.center().y();
    return apart < Math.min(above.height(), q.height()) / 2;
  }

  private static void append(List<Quadrilateral> all, List<Quadrilateral> row) {
    row.sort(Comparator.comparingDouble(q -> q.center().x()));
    all.addAll(row);
    row.clear();
  }
}

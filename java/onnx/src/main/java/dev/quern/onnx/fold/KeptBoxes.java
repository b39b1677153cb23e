package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Refusal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Greedy non-maximum suppression of the boxes of one class. A box is compared only with kept boxes
 * near it: torchvision moves the boxes of each class to a place of their own, so that most boxes
 * are far apart.
 */
final class KeptBoxes {
  private static final int CORNERS = 4;

  /** The maximum number of comparisons of two boxes, since a file may hold millions of boxes. */
  private static final long MOST_COMPARED = 1L << 31;

  /** More columns than this are too many to be counted exactly; all boxes then share one. */
  private static final double MOST_COLUMNS = 1L << 40;

  private static final double MARGIN = 1.001;

  private final float[] boxes;
  private final float limit;
  private final long[] compared;

  /** The width of a column, a little more than that of the widest box; 0 for a single column. */
  private final double column;

  private final Map<Long, Cell> cells = new HashMap<>();

  /** The kept boxes whose left side is in one column. */
  private static final class Cell {
    private float[] corners = new float[4 * CORNERS];
    private int end;

    void add(float[] boxes, int at) {
      if (end == corners.length) {
        corners = Arrays.copyOf(corners, 2 * end);
      }
      System.arraycopy(boxes, at, corners, end, CORNERS);
      end += CORNERS;
    }
  }

  /**
   * Creates an empty set of boxes.
   *
   * @param boxes left, top, right and bottom of each box
   * @param limit the intersection over union above which a box is suppressed
   * @param compared the number of comparisons so far, which is increased
   */
  KeptBoxes(float[] boxes, float limit, long[] compared) {
    this.boxes = boxes;
    this.limit = limit;
    this.compared = compared;
    column = column(boxes);
  }

  private static double column(float[] boxes) {
    double widest = 0;
    double farthest = 0;
    for (int i = 0; i < boxes.length; i += CORNERS) {
      widest = Math.max(widest, (double) boxes[i + 2] - boxes[i]);
      farthest = Math.max(farthest, Math.max(Math.abs(boxes[i]), Math.abs(boxes[i + 2])));
    }
    double width = widest * MARGIN;
    // also where a number is NaN or infinite
    return width > 0 && width < Double.MAX_VALUE && farthest / width < MOST_COLUMNS ? width : 0;
  }

  private long columnOf(float x) {
    return column == 0 ? 0 : (long) Math.floor(x / column);
  }

  /**
   * Returns the indices of kept boxes, in descending order of score.
   *
   * @param most the maximum number of kept boxes
   * @param least the score that a box must exceed
   */
  int[] of(float[] scores, long most, float least) {
    int[] order = order(scores, least);
    int[] kept = new int[(int) Math.min(most, order.length)];
    int count = 0;
    for (int i = 0; i < order.length && count < kept.length; i++) {
      int at = order[i] * CORNERS;
      if (!isSuppressed(at)) {
        cells.computeIfAbsent(columnOf(boxes[at]), c -> new Cell()).add(boxes, at);
        kept[count++] = order[i];
      }
    }
    return Arrays.copyOf(kept, count);
  }

  /** Returns the boxes above a score, by descending score, then by index. */
  private static int[] order(float[] scores, float least) {
    long[] keys = new long[scores.length];
    int count = 0;
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] > least) {
        int bits = Float.floatToIntBits(scores[i]);
        int ascending = bits ^ bits >> 31 & 0x7FFFFFFF; // as Float.compare orders
        keys[count++] = ~(long) ascending << 32 | i;
      }
    }
    Arrays.sort(keys, 0, count);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }

  /** Returns whether a box overlaps a kept one too much. */
  private boolean isSuppressed(int at) {
    if (column == 0) {
      return overlaps(cells.get(0L), at);
    }
    long first = columnOf(boxes[at]);
    for (long c = first - 1; c <= first + 1; c++) { // no box is wider than a column
      if (overlaps(cells.get(c), at)) {
        return true;
      }
    }
    return false;
  }

  private boolean overlaps(@Nullable Cell cellOrNull, int at) {
    if (cellOrNull == null) {
      return false;
    }
    compared[0] += cellOrNull.end / CORNERS;
    if (compared[0] > MOST_COMPARED) {
      throw new Refusal("more than " + MOST_COMPARED + " pairs of boxes are compared");
    }
    float[] kept = cellOrNull.corners;
    float left = boxes[at];
    float top = boxes[at + 1];
    float right = boxes[at + 2];
    float bottom = boxes[at + 3];
    float area = (right - left) * (bottom - top);
    for (int k = 0; k < cellOrNull.end; k += CORNERS) {
      float wide = Math.min(right, kept[k + 2]) - Math.max(left, kept[k]);
      if (wide > 0) {
        float high = Math.min(bottom, kept[k + 3]) - Math.max(top, kept[k + 1]);
        float inside = wide * high;
        float other = (kept[k + 2] - kept[k]) * (kept[k + 3] - kept[k + 1]);
        if (high > 0 && inside / (area + other - inside) > limit) {
          return true;
        }
      }
    }
    return false;
  }
}

package dev.quern.onnx.run;

import dev.quern.data.Placement;
import dev.quern.detect.Box;
import dev.quern.detect.KeyPoint;
import dev.quern.detect.Mask;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.onnx.graph.Const;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The outputs of a graph that contains a whole detector. */
public final class DetectorOutputs {
  private static final String OP = "onnx detector";

  /** The probability above which a pixel belongs to a mask. */
  private static final double THRESHOLD = 0.5;

  private final float[] boxes;
  private final long[] labels;
  private final float[] scores;
  private final float @Nullable [] masks;
  private final int maskHeight;
  private final int maskWidth;
  private final float @Nullable [] points;

  private DetectorOutputs(Map<String, Const> found) {
    Const box = needed(found, "boxes [N, 4]", t -> isFloat(t, 2) && t.dims()[1] == 4);
    boxes = box.floats();
    labels =
        needed(found, "integer labels [N]", t -> !isFloat(t, 1) && t.dims().length == 1).longs();
    scores = needed(found, "scores [N]", t -> isFloat(t, 1)).floats();
    Const mask = first(found, t -> isFloat(t, 4) && t.dims()[1] == 1);
    masks = mask == null ? null : mask.floats();
    maskHeight = mask == null ? 0 : (int) mask.dims()[2];
    maskWidth = mask == null ? 0 : (int) mask.dims()[3];
    Const point = first(found, t -> isFloat(t, 3) && t.dims()[2] == 3);
    points = point == null ? null : point.floats();
    long count = box.dims()[0];
    boolean fits = labels.length == count && scores.length == count;
    fits &= mask == null || mask.dims()[0] == count;
    fits &= point == null || point.dims()[0] == count;
    if (!fits) {
      throw new ShapeException(OP + ": outputs " + found + " have different numbers of objects");
    }
  }

  /**
   * Recognizes the outputs by type and shape.
   *
   * @throws InvalidArgumentException if there are no boxes, labels or scores
   * @throws ShapeException if outputs have different numbers of objects
   */
  public static DetectorOutputs of(Map<String, Const> found) {
    return new DetectorOutputs(found);
  }

  private static boolean isFloat(Const t, int rank) {
    return t.isFloat() && t.dims().length == rank;
  }

  private static Const needed(Map<String, Const> found, String what, Predicate<Const> is) {
    Const t = first(found, is);
    if (t == null) {
      throw new InvalidArgumentException(OP + ": outputs " + found + " have no " + what);
    }
    return t;
  }

  private static @Nullable Const first(Map<String, Const> found, Predicate<Const> is) {
    return found.values().stream().filter(is).findFirst().orElse(null);
  }

  /** Returns the number of objects. */
  public int count() {
    return scores.length;
  }

  public double score(int object) {
    return scores[object];
  }

  public long label(int object) {
    return labels[object];
  }

  /** Returns left, top, right and bottom in pixels of the input. */
  public double[] box(int object) {
    double[] sides = new double[4];
    Arrays.setAll(sides, i -> boxes[4 * object + i]);
    return sides;
  }

  /** Returns the key points in pixels of the image, without those that are not finite. */
  public List<KeyPoint> keyPoints(int object, Placement placed) {
    List<KeyPoint> all = new ArrayList<>();
    if (points != null) {
      int each = points.length / count();
      for (int i = object * each; i < (object + 1) * each; i += 3) {
        double x = placed.across().toImage(points[i]);
        double y = placed.down().toImage(points[i + 1]);
        if (Double.isFinite(x) && Double.isFinite(y) && Double.isFinite(points[i + 2])) {
          all.add(new KeyPoint(x, y, points[i + 2]));
        }
      }
    }
    return all;
  }

  /**
   * Returns the mask in pixels of the image, interpolated bilinearly and cropped to the box; null
   * without masks.
   *
   * @param own the box in pixels of the input
   * @param box the box in pixels of the image
   */
  public @Nullable Mask mask(int object, Box own, Box box, Placement placed) {
    if (masks == null || maskHeight == 0 || maskWidth == 0) {
      return null;
    }
    Placement.Axis down = placed.down();
    Placement.Axis across = placed.across();
    // a mask as large as the input is one of the input, others are masks of the box
    boolean whole = maskHeight == down.to() && maskWidth == across.to();
    Box region = whole ? new Box(0, 0, maskWidth, maskHeight) : own;
    int left = (int) Math.floor(box.left());
    int top = (int) Math.floor(box.top());
    int width = (int) Math.ceil(box.right()) - left;
    int height = (int) Math.ceil(box.bottom()) - top;
    boolean[] pixels = new boolean[Math.multiplyExact(width, height)];
    for (int i = 0; i < pixels.length; i++) {
      double x = across.toInput(left + i % width + 0.5);
      double y = down.toInput(top + i / width + 0.5);
      if (x >= own.left() && x < own.right() && y >= own.top() && y < own.bottom()) {
        double column = (x - region.left()) / region.width() * maskWidth - 0.5;
        double row = (y - region.top()) / region.height() * maskHeight - 0.5;
        pixels[i] = at(object, row, column) > THRESHOLD;
      }
    }
    return Mask.of(left, top, width, height, pixels);
  }

  private double at(int object, double row, double column) {
    double y = Math.max(0, Math.min(row, maskHeight - 1.0));
    double x = Math.max(0, Math.min(column, maskWidth - 1.0));
    double down = y - Math.floor(y);
    double across = x - Math.floor(x);
    return (1 - down) * between(object, (int) y, (int) x, across)
        + down * between(object, Math.min((int) y + 1, maskHeight - 1), (int) x, across);
  }

  private double between(int object, int y, int x, double across) {
    int row = (object * maskHeight + y) * maskWidth;
    float[] all = masks;
    return (1 - across) * all[row + x] + across * all[row + Math.min(x + 1, maskWidth - 1)];
  }
}

package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A decoder of BlazeFace, the face detector of MediaPipe, with six key points per face: right eye,
 * left eye, tip of the nose, center of the mouth, right and left ear, where right and left are
 * those of the person. An anchor is the center of a cell. A face has a logit, which is clipped to
 * [-100, 100], and 16 numbers in pixels of the input: the center's x and y relative to the anchor,
 * width, height, and x and y of each key point relative to the anchor. The score of a key point is
 * 1.
 *
 * <p>The anchors are those of MediaPipe's SsdAnchorsCalculator with {@code fixed_anchor_size} and
 * offsets of 0.5: {@code anchors} per cell and stride. Consecutive equal strides share their grid,
 * so that a cell has the anchors of all of them.
 *
 * <p>The network's input is an RGB image with values from -1 to 1. Bazarevsky et al., "BlazeFace:
 * Sub-millisecond Neural Face Detection on Mobile GPUs", 2019, arXiv 1907.05047.
 *
 * @param scores the names of the outputs with logits, {@code [N, 1]} for all anchors together, in
 *     the order of the anchors
 * @param boxes the names of the outputs with boxes and key points, {@code [N, 16]} for all anchors
 *     together, in the same order
 * @param input the height and width of the input for which the network was trained, each from 1 to
 *     4096
 * @param strides the stride of each layer of anchors in pixels of the input, at least one
 * @param anchors the number of anchors per cell and stride, from 1 to 100
 */
public record BlazeFace(
    List<String> scores, List<String> boxes, Size input, List<Integer> strides, int anchors)
    implements BoxDecoder {
  private static final String OP = "blazeface";

  /** Upper limit of the input's sides. */
  private static final int LIMIT = 4096;

  /** Upper limit of the number of anchors, to bound the memory for their centers. */
  private static final int MOST_ANCHORS = 10_000_000;

  /** The limit of logits, MediaPipe's {@code score_clipping_thresh}. */
  private static final double CLIP = 100;

  private static final int VALUES = 16;
  private static final int POINTS = 6;

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if a list is empty, a number is outside its range, or there
   *     are more than 10,000,000 anchors
   */
  public BlazeFace {
    scores = Require.all(OP, "scores", scores);
    YoloHeads.requireSome(OP, "scores", scores);
    boxes = Require.all(OP, "boxes", boxes);
    YoloHeads.requireSome(OP, "boxes", boxes);
    Require.present(OP, "input", input);
    requireSize(OP, "input", input, LIMIT);
    strides = Require.all(OP, "strides", strides);
    YoloHeads.requireSome(OP, "strides", strides);
    strides.forEach(s -> YoloHeads.requireStride(OP, s));
    Scrfd.requireAnchors(OP, anchors);
    long count = count(input, strides, anchors);
    if (count > MOST_ANCHORS) {
      throw new InvalidArgumentException(
          OP + ": " + count + " anchors, expected at most " + MOST_ANCHORS);
    }
  }

  /**
   * Returns a decoder of the short-range (front) model: an input of 128 x 128 pixels, 896 anchors.
   */
  public static BlazeFace shortRange(List<String> scores, List<String> boxes) {
    return new BlazeFace(scores, boxes, Size.of(128), List.of(8, 16, 16, 16), 2);
  }

  /** Returns a decoder of the back model: an input of 256 x 256 pixels, 896 anchors. */
  public static BlazeFace back(List<String> scores, List<String> boxes) {
    return new BlazeFace(scores, boxes, Size.of(256), List.of(16, 32, 32, 32), 2);
  }

  /** Returns a decoder of the full-range model: an input of 192 x 192 pixels, 2304 anchors. */
  public static BlazeFace fullRange(List<String> scores, List<String> boxes) {
    return new BlazeFace(scores, boxes, Size.of(192), List.of(4), 1);
  }

  static void requireSize(String op, String what, Size size, int limit) {
    if (Math.min(size.height(), size.width()) < 1
        || Math.max(size.height(), size.width()) > limit) {
      throw new InvalidArgumentException(
          op + ": " + what + " " + size + " must have sides from 1 to " + limit);
    }
  }

  private static long count(Size input, List<Integer> strides, int anchors) {
    long count = 0;
    for (int stride : strides) {
      Size cells = Rows.cells(input, stride);
      count = Math.min(Integer.MAX_VALUE, count + (long) cells.height() * cells.width() * anchors);
    }
    return count;
  }

  @Override
  public List<String> outputs() {
    return Stream.concat(scores.stream(), boxes.stream()).toList();
  }

  /** Returns x and y of each anchor, in fractions of the input. */
  private double[] centers() {
    double[] centers = new double[2 * (int) count(input, strides, anchors)];
    int to = 0;
    for (int layer = 0; layer < strides.size(); ) {
      int stride = strides.get(layer);
      int first = layer;
      while (layer < strides.size() && strides.get(layer) == stride) {
        layer++;
      }
      Size cells = Rows.cells(input, stride);
      int perCell = (layer - first) * anchors;
      for (int cell = 0; cell < cells.height() * cells.width(); cell++) {
        for (int i = 0; i < perCell; i++) {
          centers[to++] = (cell % cells.width() + 0.5) / cells.width();
          centers[to++] = (cell / cells.width() + 0.5) / cells.height();
        }
      }
    }
    return centers;
  }

  Rows rows(Map<String, Raw> outputs, Size actual) {
    return new FaceRows(
        Columns.of(outputs, scores, 1), Columns.of(outputs, boxes, VALUES), centers(), actual);
  }

  /** The concatenated rows of outputs {@code [N, values]}. */
  private record Columns(List<Raw> parts, int values, int count) {
    static Columns of(Map<String, Raw> outputs, List<String> names, int values) {
      String wanted = "[N, " + values + "]";
      List<Raw> parts = names.stream().map(n -> Raw.of(outputs, n).last(2, wanted)).toList();
      long count = 0;
      for (Raw part : parts) {
        if (part.dim(1) != values) {
          throw part.wrong(wanted);
        }
        count += part.dim(0);
      }
      return new Columns(parts, values, (int) Math.min(Integer.MAX_VALUE, count));
    }

    double at(int row, int column) {
      int left = row;
      for (Raw part : parts) {
        if (left < part.dim(0)) {
          return part.at(values * left + column);
        }
        left -= part.dim(0);
      }
      throw new IllegalArgumentException("detection: row " + row + " does not exist");
    }

    void requireCount(List<String> names, int expected) {
      if (count != expected) {
        throw new ShapeException(
            "detection: outputs "
                + names
                + " have "
                + count
                + " rows, expected "
                + expected
                + " anchors");
      }
    }
  }

  private final class FaceRows implements Rows {
    private final Columns logits;
    private final Columns values;
    private final double[] centers;
    private final Size actual;

    FaceRows(Columns logits, Columns values, double[] centers, Size actual) {
      this.logits = logits;
      this.values = values;
      this.centers = centers;
      this.actual = actual;
      logits.requireCount(scores, count());
      values.requireCount(boxes, count());
    }

    @Override
    public int count() {
      return centers.length / 2;
    }

    @Override
    public int classes() {
      return 1;
    }

    @Override
    public int background() {
      return NO_BACKGROUND;
    }

    @Override
    public void scores(int row, double[] into) {
      into[0] = Rows.sigmoid(Math.max(-CLIP, Math.min(CLIP, logits.at(row, 0))));
    }

    /** Returns the x of a point, in fractions of the input. */
    private double x(int row, int column) {
      return centers[2 * row] + values.at(row, column) / input.width();
    }

    private double y(int row, int column) {
      return centers[2 * row + 1] + values.at(row, column) / input.height();
    }

    @Override
    public void box(int row, double[] corners) {
      Rows.centered(
          x(row, 0),
          y(row, 1),
          values.at(row, 2) / input.width(),
          values.at(row, 3) / input.height(),
          corners);
      Rows.scale(corners, actual);
    }

    @Override
    public int keyPoints() {
      return POINTS;
    }

    @Override
    public void keyPoints(int row, double[] into) {
      for (int k = 0; k < POINTS; k++) {
        into[3 * k] = x(row, 4 + 2 * k) * actual.width();
        into[3 * k + 1] = y(row, 5 + 2 * k) * actual.height();
        into[3 * k + 2] = 1;
      }
    }
  }
}

package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Targets for {@link PointLoss}. A cell is assigned to the smallest box that contains the cell's
 * center and has its own center at most 1.5 cells away: the target of the box's class is 1, the
 * targets of other classes are 0, and the target distances run from the cell's center to the box's
 * sides, in cells. For other cells, all targets are 0; but if such a cell's center is in an ignored
 * box, its class targets are -1, which the loss ignores. A box without an assigned cell does not
 * affect training.
 */
public final class PointTargets {
  private static final String OP = "point targets";
  private static final double RADIUS = 1.5;

  private PointTargets() {}

  /** Returns targets for boxes of any size, see {@link #of(List, int, Shape, double, double)}. */
  public static float[] of(List<GroundTruthBox> boxes, int stride, Shape output) {
    return of(boxes, stride, output, 0, Double.POSITIVE_INFINITY);
  }

  /**
   * Returns targets for boxes of a range of sizes; other boxes are omitted, since they belong to
   * other levels.
   *
   * @param boxes the true boxes in pixels of the network's input
   * @param stride the side of a cell in pixels of the network's input
   * @param output the network's output shape, {@code [C + 4, H, W]}
   * @param above the exclusive lower bound of a box's longer side
   * @param upTo the inclusive upper bound of a box's longer side
   * @return the targets, in the output's shape and order
   * @throws ShapeException if the output's rank is not 3, or the output has fewer than 5 channels
   * @throws InvalidArgumentException if the output does not have a channel for the class of a box
   */
  public static float[] of(
      List<GroundTruthBox> boxes, int stride, Shape output, double above, double upTo) {
    List<GroundTruthBox> all = Require.all(OP, "boxes", boxes);
    YoloHeads.requireStride(OP, stride);
    int classes = classes(OP, output);
    if (Double.isNaN(above) || Double.isNaN(upTo)) {
      throw new InvalidArgumentException(
          OP + ": size bounds " + above + " and " + upTo + " must not be NaN");
    }
    for (GroundTruthBox box : all) {
      if (box.classIndex() >= classes) {
        throw new InvalidArgumentException(
            OP + ": class " + box.classIndex() + " is outside [0, " + classes + ")");
      }
    }
    float[] targets = Heap.floats(OP, output.elements());
    int height = (int) output.dim(1);
    int width = (int) output.dim(2);
    int cells = height * width;
    double[] areas = new double[cells];
    Arrays.fill(areas, Double.POSITIVE_INFINITY);
    for (GroundTruthBox box : all) {
      double side = Math.max(box.box().width(), box.box().height());
      Cells in = new Cells(box.box(), stride, height, width);
      for (int y = in.top; side > above && side <= upTo && y < in.bottom; y++) {
        for (int x = in.left; x < in.right; x++) {
          put(box, in, x, y, y * width + x, areas, targets, classes);
        }
      }
    }
    return targets;
  }

  private static void put(
      GroundTruthBox of,
      Cells in,
      int x,
      int y,
      int cell,
      double[] areas,
      float[] targets,
      int classes) {
    int cells = areas.length;
    if (of.ignored()) {
      for (int c = 0; c < classes && areas[cell] == Double.POSITIVE_INFINITY; c++) {
        targets[c * cells + cell] = -1;
      }
    } else if (in.isNearCenter(x, y) && of.box().area() < areas[cell]) {
      areas[cell] = of.box().area();
      for (int c = 0; c < classes; c++) {
        targets[c * cells + cell] = c == of.classIndex() ? 1 : 0;
      }
      for (int side = 0; side < 4; side++) {
        targets[(classes + side) * cells + cell] = (float) in.distance(x, y, side);
      }
    }
  }

  /** Returns the number of classes C of an output {@code [C + 4, H, W]}. */
  static int classes(String op, Shape output) {
    Require.present(op, "output", output);
    if (output.rank() != 3
        || output.isFree()
        || output.dim(0) < 5
        || output.elements() > Heap.MOST) {
      throw new ShapeException(op + ": output " + output + " must have shape [C + 4, H, W]");
    }
    return (int) output.dim(0) - 4;
  }

  /** The cells whose centers lie in a box. */
  private static final class Cells {
    final int left;
    final int top;
    final int right;
    final int bottom;
    private final Box box;
    private final int stride;

    Cells(Box box, int stride, int height, int width) {
      this.box = box;
      this.stride = stride;
      left = cell(box.left(), width);
      top = cell(box.top(), height);
      right = cell(box.right(), width);
      bottom = cell(box.bottom(), height);
    }

    /** Returns the index of the first cell whose center is at or after a position. */
    private int cell(double at, int count) {
      return (int) Math.max(0, Math.min(count, Math.ceil(at / stride - 0.5)));
    }

    private double center(int cell) {
      return stride * (cell + 0.5);
    }

    boolean isNearCenter(int x, int y) {
      return Math.abs(center(x) - (box.left() + box.right()) / 2) <= RADIUS * stride
          && Math.abs(center(y) - (box.top() + box.bottom()) / 2) <= RADIUS * stride;
    }

    double distance(int x, int y, int side) {
      double pixels =
          switch (side) {
            case 0 -> center(x) - box.left();
            case 1 -> center(y) - box.top();
            case 2 -> box.right() - center(x);
            default -> box.bottom() - center(y);
          };
      return pixels / stride;
    }
  }
}

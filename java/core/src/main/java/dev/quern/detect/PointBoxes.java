package dev.quern.detect;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An anchor-free decoder: each cell of a grid predicts the distances from its center to the left,
 * top, right and bottom of a box, in cells. The concatenated channels of a level's outputs are C
 * classes, the four distances, and optionally center-ness. The score of a class is its channel,
 * converted by {@code function}. With center-ness, the score is the square root of the product of
 * the converted channel and the sigmoid of the center-ness. Tian et al., "FCOS: Fully Convolutional
 * One-Stage Object Detection", 2019, arXiv 1904.01355, as in torchvision.
 *
 * @param levels the grids, at least one, in order of increasing cell size
 * @param centerness whether the last channel is center-ness
 * @param exp whether distances are the exponentials of the outputs; otherwise, they are the
 *     outputs, clipped at 0
 * @param function the conversion of the class channels to scores
 */
public record PointBoxes(List<Level> levels, boolean centerness, boolean exp, Scores function)
    implements BoxDecoder {
  private static final String OP = "point boxes";

  /**
   * A grid of cells.
   *
   * @param stride the side of a cell in pixels of the input, at least 1
   * @param outputs the names of the level's outputs {@code [channels, H, W]}, at least one
   */
  public record Level(int stride, List<String> outputs) {
    public Level {
      YoloHeads.requireStride(OP, stride);
      outputs = Require.all(OP, "outputs", outputs);
      YoloHeads.requireSome(OP, "outputs", outputs);
    }
  }

  public PointBoxes {
    levels = Require.all(OP, "levels", levels);
    YoloHeads.requireSome(OP, "levels", levels);
    Require.present(OP, "function", function);
  }

  /**
   * Returns a decoder of one output {@code [C + 4, H, W]}: independent logits of the classes, and
   * the logarithms of distances. {@link PointLoss} is the loss for such an output, and {@link
   * PointTargets} creates its targets.
   */
  public static PointBoxes of(String output, int stride) {
    Require.present(OP, "output", output);
    return new PointBoxes(List.of(new Level(stride, List.of(output))), false, true, Scores.SIGMOID);
  }

  @Override
  public List<String> outputs() {
    return levels.stream().flatMap(l -> l.outputs.stream()).toList();
  }

  Rows rows(Map<String, Raw> outputs) {
    List<Rows> all = new ArrayList<>();
    levels.forEach(l -> all.add(new LevelRows(l.stride, channels(l, outputs))));
    return new JoinedRows(all, outputs());
  }

  /** Returns the plane {@code [H, W]} of each channel of a level. */
  private static List<Raw> channels(Level level, Map<String, Raw> outputs) {
    List<Raw> planes = new ArrayList<>();
    for (String output : level.outputs) {
      Raw raw = Raw.of(outputs, output).last(3, "[channels, H, W]");
      int cells = raw.dim(1) * raw.dim(2);
      for (int c = 0; c < raw.dim(0); c++) {
        planes.add(new Raw(output, raw.shape().sample(), raw.values(), raw.from() + c * cells));
      }
    }
    return planes;
  }

  private final class LevelRows implements Rows {
    private final int stride;
    private final List<Raw> planes;
    private final int classes;
    private final int height;
    private final int width;

    LevelRows(int stride, List<Raw> planes) {
      this.stride = stride;
      this.planes = planes;
      classes = planes.size() - (centerness ? 5 : 4);
      if (classes < 1) {
        throw new ShapeException(
            "detection: outputs "
                + outputs()
                + ": found "
                + planes.size()
                + " channels, expected at least "
                + (centerness ? "6 (a class, 4 sides, centerness)" : "5 (a class, 4 sides)"));
      }
      height = planes.get(0).dim(0);
      width = planes.get(0).dim(1);
      for (Raw plane : planes) {
        if (!plane.shape().equals(planes.get(0).shape())) {
          throw plane.wrong("the first output's shape, " + planes.get(0).shape());
        }
      }
    }

    @Override
    public int count() {
      return height * width;
    }

    @Override
    public int classes() {
      return classes;
    }

    @Override
    public int background() {
      return NO_BACKGROUND;
    }

    @Override
    public void scores(int row, double[] into) {
      for (int c = 0; c < classes; c++) {
        into[c] = planes.get(c).at(row);
      }
      function.apply(into);
      if (centerness) {
        double center = Rows.sigmoid(planes.get(classes + 4).at(row));
        for (int c = 0; c < classes; c++) {
          into[c] = Math.sqrt(into[c] * center);
        }
      }
    }

    @Override
    public void box(int row, double[] corners) {
      double x = stride * (row % width + 0.5);
      double y = stride * (row / width + 0.5);
      corners[0] = x - distance(row, 0);
      corners[1] = y - distance(row, 1);
      corners[2] = x + distance(row, 2);
      corners[3] = y + distance(row, 3);
    }

    private double distance(int row, int side) {
      double value = planes.get(classes + side).at(row);
      return stride * (exp ? Math.exp(value) : Math.max(0, value));
    }
  }
}

package dev.quern.pose;

import dev.quern.detect.KeyPoint;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A decoder of SimCC (coordinate classification), as in RTMPose: for each key point, one vector of
 * scores for x and one for y. The positions of the highest values, divided by the split ratio, are
 * the coordinates; of equal values, the first one counts. As in mmpose, the score is the smaller
 * one of both values. Depending on the training, scores of clearly visible points are about 1 or
 * much smaller. Li et al., "SimCC: a Simple Coordinate Classification Perspective for Human Pose
 * Estimation", 2021, arXiv 2107.03332.
 *
 * @param x the name of the output {@code [K, width * split]} for K key points
 * @param y the name of the output {@code [K, height * split]}
 * @param split the split ratio, the number of values for each pixel of the network's input; above 0
 */
public record SimCcPose(String x, String y, double split) implements PoseDecoder {
  /** The split ratio of RTMPose. */
  public static final double DEFAULT_SPLIT = 2;

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if the split ratio is not a finite number above 0
   */
  public SimCcPose {
    Require.present("simcc pose", "x", x);
    Require.present("simcc pose", "y", y);
    if (!(split > 0 && split <= Double.MAX_VALUE)) {
      throw new InvalidArgumentException(
          "simcc pose: split " + split + " must be a finite number above 0");
    }
  }

  /** Creates a decoder with a split ratio of 2. */
  public SimCcPose(String x, String y) {
    this(x, y, DEFAULT_SPLIT);
  }

  @Override
  public List<String> outputs() {
    return List.of(x, y);
  }

  /** Returns false. */
  @Override
  public boolean alignCorners() {
    return false;
  }

  /**
   * {@inheritDoc}
   *
   * @throws ShapeException if the outputs do not have the shapes {@code [N, K, width * split]} and
   *     {@code [N, K, height * split]}, where products are rounded
   */
  @Override
  public List<List<KeyPoint>> keyPoints(Map<String, Tensor> outputs, Size input) {
    Map<String, Tensor> given = Require.all(PoseOutput.OP, "outputs", outputs);
    PoseOutput.requireInput(input);
    PoseOutput across = output(given, x, input.width());
    PoseOutput down = output(given, y, input.height());
    if (across.dim(0) != down.dim(0) || across.samples() != down.samples()) {
      throw new ShapeException(
          PoseOutput.OP
              + ": outputs "
              + x
              + " and "
              + y
              + " have shapes "
              + across.shape().batch(across.samples())
              + " and "
              + down.shape().batch(down.samples())
              + ", expected equal numbers of samples and key points");
    }
    List<List<KeyPoint>> all = new ArrayList<>();
    for (int n = 0; n < across.samples(); n++) {
      List<KeyPoint> points = new ArrayList<>();
      for (int k = 0; k < across.dim(0); k++) {
        points.add(keyPoint(across, down, n * across.dim(0) + k, input));
      }
      all.add(List.copyOf(points));
    }
    return List.copyOf(all);
  }

  private PoseOutput output(Map<String, Tensor> outputs, String name, int side) {
    double length = Math.rint(side * split);
    String expected =
        "[K, " + (long) length + "] for a side of " + side + " and a split ratio of " + split;
    PoseOutput output = PoseOutput.of(outputs, name, 2, expected);
    if (output.dim(1) != length) {
      throw output.wrong(expected);
    }
    return output;
  }

  private KeyPoint keyPoint(PoseOutput across, PoseOutput down, int row, Size input) {
    int column = row * across.dim(1);
    int line = row * down.dim(1);
    int endX = column + across.dim(1);
    int endY = line + down.dim(1);
    if (!across.isFinite(column, endX) || !down.isFinite(line, endY)) {
      return PoseOutput.unknown(input, alignCorners());
    }
    int bestX = across.highest(column, endX);
    int bestY = down.highest(line, endY);
    return new KeyPoint(
        (bestX - column) / split,
        (bestY - line) / split,
        Math.min(across.values()[bestX], down.values()[bestY]));
  }
}

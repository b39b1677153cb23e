package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.Map;

/**
 * A decoder of offsets from prior boxes (anchors), as in SSD and RetinaNet: scores {@code [N, C]}
 * and offsets {@code [N, 4]}, or transposed. Each row has a prior with center (x, y) and size (w,
 * h). For offsets (a, b, c, d) the box has the center {@code (x + v a w, y + v b h)} and the size
 * {@code (w exp(u c), h exp(u d))}. Liu et al., "SSD: Single Shot MultiBox Detector", 2016, arXiv
 * 1512.02325.
 *
 * @param scores the name of the output with scores
 * @param offsets the name of the output with offsets
 * @param priors the prior boxes in fractions of the input
 * @param centerVariance the factor v of the center's offsets; 0.1 in SSD
 * @param sizeVariance the factor u of the size's offsets; 0.2 in SSD
 * @param function the conversion of the output {@code scores} to scores
 * @param background index of the background class; {@link #NO_BACKGROUND} without one
 */
public record SsdBoxes(
    String scores,
    String offsets,
    List<Box> priors,
    double centerVariance,
    double sizeVariance,
    Scores function,
    int background)
    implements BoxDecoder {
  private static final String OP = "ssd boxes";

  public SsdBoxes {
    Require.present(OP, "scores", scores);
    Require.present(OP, "offsets", offsets);
    priors = Require.all(OP, "priors", priors);
    requireVariance(centerVariance);
    requireVariance(sizeVariance);
    Require.present(OP, "function", function);
    requireBackground(OP, background);
  }

  /**
   * Creates a decoder with SSD's variances and a softmax over the classes, the first of which is
   * the background.
   */
  public SsdBoxes(String scores, String offsets, List<Box> priors) {
    this(scores, offsets, priors, 0.1, 0.2, Scores.SOFTMAX, 0);
  }

  private static void requireVariance(double variance) {
    if (!(variance > 0) || Double.isInfinite(variance)) {
      throw new InvalidArgumentException(
          OP + ": variance " + variance + " must be finite and above 0");
    }
  }

  static void requireBackground(String op, int background) {
    if (background < NO_BACKGROUND) {
      throw new InvalidArgumentException(
          op + ": background " + background + " must be a class index or " + NO_BACKGROUND);
    }
  }

  @Override
  public List<String> outputs() {
    return List.of(scores, offsets);
  }

  Rows rows(Map<String, Raw> outputs, Size input) {
    Raw all = Raw.of(outputs, offsets).last(2, "[N, 4] or [4, N]");
    int count = priors.size();
    boolean byRow = all.dim(1) == 4 && all.dim(0) == count;
    if (!byRow && (all.dim(0) != 4 || all.dim(1) != count)) {
      throw new ShapeException(
          "detection: output "
              + offsets
              + " of shape "
              + all.shape()
              + " does not fit "
              + count
              + " priors");
    }
    return new ScoredRows(
        ScoredRows.ScoreTable.of(Raw.of(outputs, scores), count), function, background) {
      @Override
      public void box(int row, double[] corners) {
        Box prior = priors.get(row);
        double[] v = new double[4];
        for (int i = 0; i < 4; i++) {
          v[i] = all.at(byRow ? 4 * row + i : i * count + row);
        }
        Rows.centered(
            (prior.left() + prior.right()) / 2 + centerVariance * v[0] * prior.width(),
            (prior.top() + prior.bottom()) / 2 + centerVariance * v[1] * prior.height(),
            prior.width() * Math.exp(sizeVariance * v[2]),
            prior.height() * Math.exp(sizeVariance * v[3]),
            corners);
        Rows.scale(corners, input);
      }
    };
  }
}

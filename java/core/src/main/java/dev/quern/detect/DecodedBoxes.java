package dev.quern.detect;

import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.Map;

/**
 * A decoder for outputs that are already boxes: scores {@code [N, C]}, or {@code [N]} for a single
 * class, and boxes {@code [N, 4]}. Each output may also be transposed: {@code [C, N]}, {@code [4,
 * N]}.
 *
 * @param scores the name of the output with scores
 * @param boxes the name of the output with boxes
 * @param form the meaning of a box's four numbers
 * @param fractions true for boxes in fractions of the input, from 0 to 1; false for boxes in pixels
 *     of the input
 * @param function the conversion of the output {@code scores} to scores
 * @param background index of the background class; {@link #NO_BACKGROUND} without one
 */
public record DecodedBoxes(
    String scores, String boxes, Form form, boolean fractions, Scores function, int background)
    implements BoxDecoder {
  /** The meaning of a box's four numbers. */
  public enum Form {
    LEFT_TOP_RIGHT_BOTTOM,
    /** Top, left, bottom, right, as in TensorFlow's detectors and ONNX's NonMaxSuppression. */
    TOP_LEFT_BOTTOM_RIGHT,
    /** The center's x and y, width, height. */
    CENTER_SIZE
  }

  public DecodedBoxes {
    Require.present("decoded boxes", "scores", scores);
    Require.present("decoded boxes", "boxes", boxes);
    Require.present("decoded boxes", "form", form);
    Require.present("decoded boxes", "function", function);
    SsdBoxes.requireBackground("decoded boxes", background);
  }

  /**
   * Creates a decoder of outputs that need no conversion: scores, and boxes as left, top, right,
   * bottom in fractions of the input.
   */
  public DecodedBoxes(String scores, String boxes, int background) {
    this(scores, boxes, Form.LEFT_TOP_RIGHT_BOTTOM, true, Scores.AS_THEY_ARE, background);
  }

  @Override
  public List<String> outputs() {
    return List.of(scores, boxes);
  }

  Rows rows(Map<String, Raw> outputs, Size input) {
    Raw sides = Raw.of(outputs, boxes).last(2, "[N, 4] or [4, N]");
    boolean byRow = sides.dim(1) == 4;
    if (!byRow && sides.dim(0) != 4) {
      throw sides.wrong("[N, 4] or [4, N]");
    }
    int count = sides.dim(byRow ? 0 : 1);
    return new ScoredRows(
        ScoredRows.ScoreTable.of(Raw.of(outputs, scores), count), function, background) {
      @Override
      public void box(int row, double[] corners) {
        double[] v = new double[4];
        for (int i = 0; i < 4; i++) {
          v[i] = sides.at(byRow ? 4 * row + i : i * count + row);
        }
        switch (form) {
          case LEFT_TOP_RIGHT_BOTTOM -> System.arraycopy(v, 0, corners, 0, 4);
          case TOP_LEFT_BOTTOM_RIGHT -> {
            corners[0] = v[1];
            corners[1] = v[0];
            corners[2] = v[3];
            corners[3] = v[2];
          }
          case CENTER_SIZE -> Rows.centered(v[0], v[1], v[2], v[3], corners);
        }
        if (fractions) {
          Rows.scale(corners, input);
        }
      }
    };
  }
}

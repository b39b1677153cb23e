package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.List;
import java.util.Map;

/**
 * A decoder of one output with a box, scores and key points in each column, as in exported
 * YOLOv8-pose and YOLO11-pose models: the center's x and y, width and height in pixels of the
 * input, then a score for each class, then x and y in pixels of the input and the visibility of
 * each key point.
 *
 * @param output the name of the output: {@code [4 + C + 3 * K, N]} for K key points, without
 *     visibility {@code [4 + C + 2 * K, N]}
 * @param keyPoints the number of key points, K: 17 in models trained on COCO
 * @param visibility whether key points have a visibility, which is their score; otherwise the score
 *     is 1
 */
public record YoloPose(String output, int keyPoints, boolean visibility) implements BoxDecoder {
  /** Upper limit of the number of key points. */
  private static final int LIMIT = 10_000;

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if the number of key points is outside [1, 10000]
   */
  public YoloPose {
    Require.present("yolo pose", "output", output);
    if (keyPoints < 1 || keyPoints > LIMIT) {
      throw new InvalidArgumentException(
          "yolo pose: key points " + keyPoints + " is outside [1, " + LIMIT + "]");
    }
  }

  /** Creates a decoder of key points with visibility. */
  public YoloPose(String output, int keyPoints) {
    this(output, keyPoints, true);
  }

  @Override
  public List<String> outputs() {
    return List.of(output);
  }

  Rows rows(Map<String, Raw> outputs) {
    int values = visibility ? 3 : 2;
    String wanted = "[4 + C + " + values * keyPoints + ", N]";
    Raw raw = Raw.of(outputs, output).last(2, wanted);
    int classes = raw.dim(0) - 4 - values * keyPoints;
    int count = raw.dim(1);
    if (classes < 1) {
      throw raw.wrong(wanted);
    }
    return new Rows() {
      private double at(int row, int column) {
        return raw.at(column * count + row);
      }

      @Override
      public int count() {
        return count;
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
        for (int c = 0; c < into.length; c++) {
          into[c] = at(row, 4 + c);
        }
      }

      @Override
      public void box(int row, double[] corners) {
        Rows.centered(at(row, 0), at(row, 1), at(row, 2), at(row, 3), corners);
      }

      @Override
      public int keyPoints() {
        return keyPoints;
      }

      @Override
      public void keyPoints(int row, double[] into) {
        for (int k = 0; k < keyPoints; k++) {
          int column = 4 + classes + values * k;
          into[3 * k] = at(row, column);
          into[3 * k + 1] = at(row, column + 1);
          into[3 * k + 2] = visibility ? at(row, column + 2) : 1;
        }
      }
    };
  }
}

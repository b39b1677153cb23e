package dev.quern.detect;

import dev.quern.internal.arguments.Require;
import java.util.List;
import java.util.Map;

/**
 * A decoder of one output with a box and scores in each row, as in exported YOLO models: the
 * center's x and y, width and height in pixels of the input, then the objectness in YOLOv5 and v7,
 * then a score for each class. The objectness, if present, multiplies each class score.
 *
 * @param output the name of the output: {@code [N, 4 + C]}, {@code [N, 5 + C]}, or transposed
 * @param objectness whether rows contain the objectness
 * @param rowsLast whether the output is transposed, {@code [4 + C, N]}, as in YOLOv8 and v11
 */
public record YoloRows(String output, boolean objectness, boolean rowsLast) implements BoxDecoder {
  public YoloRows {
    Require.present("yolo rows", "output", output);
  }

  /** Returns a decoder of {@code [N, 5 + C]}, the output of YOLOv5 and v7. */
  public static YoloRows v5(String output) {
    return new YoloRows(output, true, false);
  }

  /** Returns a decoder of {@code [4 + C, N]}, the output of YOLOv8 and v11. */
  public static YoloRows v8(String output) {
    return new YoloRows(output, false, true);
  }

  @Override
  public List<String> outputs() {
    return List.of(output);
  }

  Rows rows(Map<String, Raw> outputs) {
    int first = objectness ? 5 : 4;
    String wanted = rowsLast ? "[" + first + " + C, N]" : "[N, " + first + " + C]";
    Raw raw = Raw.of(outputs, output).last(2, wanted);
    int columns = raw.dim(rowsLast ? 0 : 1);
    int count = raw.dim(rowsLast ? 1 : 0);
    if (columns <= first) {
      throw raw.wrong(wanted);
    }
    return new Rows() {
      private double at(int row, int column) {
        return raw.at(rowsLast ? column * count + row : row * columns + column);
      }

      @Override
      public int count() {
        return count;
      }

      @Override
      public int classes() {
        return columns - first;
      }

      @Override
      public int background() {
        return NO_BACKGROUND;
      }

      @Override
      public void scores(int row, double[] into) {
        double anything = objectness ? at(row, 4) : 1;
        for (int c = 0; c < into.length; c++) {
          into[c] = anything * at(row, first + c);
        }
      }

      @Override
      public void box(int row, double[] corners) {
        Rows.centered(at(row, 0), at(row, 1), at(row, 2), at(row, 3), corners);
      }
    };
  }
}

package dev.quern.detect;

import dev.quern.detect.ScoredRows.ScoreTable;
import dev.quern.tensor.Size;

/**
 * The candidates of one level of a face detector: each cell of a grid has the same number of
 * anchors. Rows are ordered by the cell's row, then its column, then the anchor.
 */
abstract class AnchorRows implements Rows {
  private final int stride;
  private final int columns;
  private final int anchors;
  private final Raw boxes;
  private final Raw points;

  /**
   * Checks the outputs of a level.
   *
   * @param cells the number of cells along height and width; only checked if outputs have values,
   *     because the input's size is not known before
   * @param boxes the output {@code [N, 4]}
   * @param points the output {@code [N, 10]}
   * @throws dev.quern.error.ShapeException if a shape does not match
   */
  AnchorRows(int stride, Size cells, int anchors, Raw boxes, Raw points) {
    this.stride = stride;
    this.anchors = anchors;
    columns = cells.width();
    boolean isKnown = boxes.values() != null;
    long count = (long) cells.height() * columns * anchors;
    String rows = isKnown ? Long.toString(count) : "N";
    this.boxes = boxes.last(2, "[" + rows + ", 4]");
    if (this.boxes.dim(1) != 4 || isKnown && this.boxes.dim(0) != count) {
      throw boxes.wrong("[" + rows + ", 4]");
    }
    String wanted = "[" + count() + ", 10]";
    this.points = points.last(2, wanted);
    if (this.points.dim(1) != 10 || this.points.dim(0) != count()) {
      throw points.wrong(wanted);
    }
  }

  /**
   * Returns an output with one score per candidate.
   *
   * @param scores the output {@code [N, 1]} or {@code [N]}
   */
  final Raw single(Raw scores) {
    ScoreTable table = ScoreTable.of(scores, count());
    if (table.classes() != 1) {
      throw scores.wrong("[" + count() + ", 1]");
    }
    return table.raw();
  }

  /** Returns the left side of the candidate's cell, in cells. */
  final int column(int row) {
    return row / anchors % columns;
  }

  /** Returns the top of the candidate's cell, in cells. */
  final int line(int row) {
    return row / anchors / columns;
  }

  /** Returns a number of the candidate's box. */
  final double side(int row, int index) {
    return boxes.at(4 * row + index);
  }

  @Override
  public final int count() {
    return boxes.dim(0);
  }

  @Override
  public final int classes() {
    return 1;
  }

  @Override
  public final int background() {
    return BoxDecoder.NO_BACKGROUND;
  }

  @Override
  public final int keyPoints() {
    return 5;
  }

  @Override
  public final void keyPoints(int row, double[] into) {
    for (int k = 0; k < 5; k++) {
      into[3 * k] = stride * (column(row) + points.at(10 * row + 2 * k));
      into[3 * k + 1] = stride * (line(row) + points.at(10 * row + 2 * k + 1));
      into[3 * k + 2] = 1;
    }
  }
}

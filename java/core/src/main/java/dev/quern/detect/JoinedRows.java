package dev.quern.detect;

import dev.quern.error.ShapeException;
import java.util.List;

/** The concatenated candidates of several outputs. */
final class JoinedRows implements Rows {
  private final List<Rows> parts;
  private final int count;

  /**
   * Concatenates the candidates of several outputs.
   *
   * @throws ShapeException if the outputs have different numbers of classes
   */
  JoinedRows(List<Rows> parts, List<String> outputs) {
    this.parts = parts;
    count = parts.stream().mapToInt(Rows::count).sum();
    for (Rows part : parts) {
      if (part.classes() != classes()) {
        throw new ShapeException(
            "detection: outputs "
                + outputs
                + " have "
                + part.classes()
                + " and "
                + classes()
                + " classes; all must have the same number");
      }
    }
  }

  /** A candidate's row in one of the parts. */
  private record Place(Rows part, int row) {}

  private Place place(int row) {
    int left = row;
    for (Rows part : parts) {
      if (left < part.count()) {
        return new Place(part, left);
      }
      left -= part.count();
    }
    throw new IllegalArgumentException("detection: row " + row + " does not exist");
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int classes() {
    return parts.get(0).classes();
  }

  @Override
  public int background() {
    return BoxDecoder.NO_BACKGROUND;
  }

  @Override
  public void scores(int row, double[] into) {
    Place at = place(row);
    at.part.scores(at.row, into);
  }

  @Override
  public void box(int row, double[] corners) {
    Place at = place(row);
    at.part.box(at.row, corners);
  }

  @Override
  public int keyPoints() {
    return parts.get(0).keyPoints();
  }

  @Override
  public void keyPoints(int row, double[] into) {
    Place at = place(row);
    at.part.keyPoints(at.row, into);
  }
}

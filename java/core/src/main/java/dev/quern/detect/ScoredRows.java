package dev.quern.detect;

/** Candidates whose scores are in a separate output. */
abstract class ScoredRows implements Rows {
  private final ScoreTable table;
  private final BoxDecoder.Scores function;
  private final int background;

  ScoredRows(ScoreTable table, BoxDecoder.Scores function, int background) {
    this.table = table;
    this.function = function;
    this.background = background;
    if (background >= table.classes()) {
      throw table.raw().wrong("scores that include background class " + background);
    }
  }

  /**
   * A table of scores by candidate and class.
   *
   * @param byRow whether the scores of a candidate are contiguous
   */
  record ScoreTable(Raw raw, int count, int classes, boolean byRow) {
    static ScoreTable of(Raw scores, int count) {
      String wanted = "[N, C] or [C, N] with N = " + count;
      if (scores.shape().rank() == 1 && scores.dim(0) == count) {
        return new ScoreTable(scores, count, 1, true);
      }
      Raw raw = scores.last(2, wanted);
      boolean byRow = raw.dim(0) == count;
      if (!byRow && raw.dim(1) != count) {
        throw scores.wrong(wanted);
      }
      return new ScoreTable(raw, count, raw.dim(byRow ? 1 : 0), byRow);
    }
  }

  @Override
  public int count() {
    return table.count;
  }

  @Override
  public int classes() {
    return table.classes;
  }

  @Override
  public int background() {
    return background;
  }

  @Override
  public void scores(int row, double[] into) {
    for (int c = 0; c < into.length; c++) {
      into[c] = table.raw.at(table.byRow ? row * into.length + c : c * table.count + row);
    }
    function.apply(into);
  }
}

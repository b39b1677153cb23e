package dev.quern.tensor;

/** A three-dimensional size: depth (frames of a video), height (rows) and width (columns). */
public record Size3(int depth, int height, int width) {
  public static Size3 of(int all) {
    return new Size3(all, all, all);
  }

  /** Returns height and width. */
  public Size plane() {
    return new Size(height, width);
  }

  @Override
  public String toString() {
    return depth + "x" + height + "x" + width;
  }
}

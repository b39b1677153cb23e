package dev.quern.tensor;

/** A two-dimensional size: height (rows) and width (columns). */
public record Size(int height, int width) {
  public static Size of(int both) {
    return new Size(both, both);
  }

  @Override
  public String toString() {
    return height + "x" + width;
  }
}

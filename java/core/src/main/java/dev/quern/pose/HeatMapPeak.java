package dev.quern.pose;

import dev.quern.internal.arguments.Heap;
import dev.quern.pose.HeatMapPose.Refinement;

/** Finds and refines the maximum of a heat map. Not thread-safe. */
final class HeatMapPeak {
  /** The least value of which {@link Refinement#DARK} takes the logarithm, as in mmpose. */
  private static final double LEAST_OF_DARK = 1e-10;

  /** The least and the highest value of which {@link Refinement#UDP} takes the logarithm. */
  private static final double LEAST_OF_UDP = 1e-3;

  private static final double MOST_OF_UDP = 50;

  /** Added to the second derivatives of {@link Refinement#UDP}: the precision of a float. */
  private static final double EPSILON = Math.ulp(1f);

  private final PoseOutput maps;
  private final Refinement refinement;
  private final int height;
  private final int width;

  /** Weights of the Gaussian kernel. */
  private final double[] kernel;

  private final double[] wide;

  /** Logarithm of the blurred map. */
  private final double[] logarithm;

  private double x;
  private double y;
  private double score;

  /** Creates a search in these maps. */
  HeatMapPeak(PoseOutput maps, HeatMapPose decoder) {
    this.maps = maps;
    refinement = decoder.refinement();
    height = maps.dim(1);
    width = maps.dim(2);
    kernel = kernel(decoder.blur());
    long cells = refinement == Refinement.QUARTER_SHIFT ? 0 : (long) height * width;
    wide = Heap.doubles(PoseOutput.OP, cells);
    logarithm = Heap.doubles(PoseOutput.OP, cells);
  }

  /** Returns a normalized Gaussian with the standard deviation that OpenCV derives from a size. */
  private static double[] kernel(int size) {
    double deviation = 0.3 * ((size - 1) * 0.5 - 1) + 0.8;
    double[] all = new double[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double distance = i - size / 2;
      all[i] = Math.exp(-distance * distance / (2 * deviation * deviation));
      sum += all[i];
    }
    for (int i = 0; i < size; i++) {
      all[i] /= sum;
    }
    return all;
  }

  double x() {
    return x;
  }

  double y() {
    return y;
  }

  double score() {
    return score;
  }

  /** Searches a map of the batch; returns false if a value is not finite. */
  boolean find(int map) {
    int from = map * height * width;
    int end = from + height * width;
    if (!maps.isFinite(from, end)) {
      return false;
    }
    int best = maps.highest(from, end) - from;
    int column = best % width;
    int line = best / width;
    x = column;
    y = line;
    score = maps.values()[from + best];
    if (score > 0) {
      refine(from, column, line);
    }
    return true;
  }

  private void refine(int from, int column, int line) {
    switch (refinement) {
      case QUARTER_SHIFT -> shift(from, column, line);
      case DARK -> {
        boolean hasNeighbors = column > 1 && column < width - 2 && line > 1 && line < height - 2;
        if (hasNeighbors && blur(from, LEAST_OF_DARK, Double.MAX_VALUE)) {
          dark(column, line);
        }
      }
      case UDP -> {
        if (blur(from, LEAST_OF_UDP, MOST_OF_UDP)) {
          unbiased(column, line);
        }
      }
    }
  }

  private void shift(int from, int column, int line) {
    if (column > 1 && column < width - 1 && line > 1 && line < height - 1) {
      int at = from + line * width + column;
      float[] v = maps.values();
      x += 0.25 * Math.signum(v[at + 1] - v[at - 1]);
      y += 0.25 * Math.signum(v[at + width] - v[at - width]);
    }
  }

  /**
   * Computes the logarithm of the blurred map, whose maximum is scaled to that of the map. Values
   * outside the map count as 0. Returns false if the blurred map is not above 0.
   */
  private boolean blur(int from, double least, double most) {
    int reach = kernel.length / 2;
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        double sum = 0;
        int end = Math.min(width - 1, column + reach);
        for (int i = Math.max(0, column - reach); i <= end; i++) {
          sum += kernel[i - column + reach] * maps.values()[from + row * width + i];
        }
        wide[row * width + column] = sum;
      }
    }
    double highest = 0;
    for (int row = 0; row < height; row++) {
      int end = Math.min(height - 1, row + reach);
      for (int column = 0; column < width; column++) {
        double sum = 0;
        for (int i = Math.max(0, row - reach); i <= end; i++) {
          sum += kernel[i - row + reach] * wide[i * width + column];
        }
        logarithm[row * width + column] = sum;
        highest = Math.max(highest, sum);
      }
    }
    if (highest == 0) {
      return false;
    }
    for (int i = 0; i < logarithm.length; i++) {
      double scaled = logarithm[i] * (score / highest);
      logarithm[i] = Math.log(Math.min(most, Math.max(least, scaled)));
    }
    return true;
  }

  /** Returns the logarithm at a cell; outside the map, that of the nearest cell. */
  private double at(int column, int line) {
    int inColumn = Math.max(0, Math.min(column, width - 1));
    int inLine = Math.max(0, Math.min(line, height - 1));
    return logarithm[inLine * width + inColumn];
  }

  /** Differences of cells at a distance of 2 for second derivatives, as in DARK's own code. */
  private void dark(int c, int r) {
    double middle = 2 * at(c, r);
    double xx = (at(c + 2, r) - middle + at(c - 2, r)) / 4;
    double yy = (at(c, r + 2) - middle + at(c, r - 2)) / 4;
    double xy = (at(c + 1, r + 1) - at(c + 1, r - 1) - at(c - 1, r + 1) + at(c - 1, r - 1)) / 4;
    newton(c, r, xx, xy, yy);
  }

  /** Differences of neighbors for second derivatives, as in UDP's own code. */
  private void unbiased(int c, int r) {
    double middle = 2 * at(c, r);
    double right = at(c + 1, r);
    double left = at(c - 1, r);
    double below = at(c, r + 1);
    double above = at(c, r - 1);
    double xy = at(c + 1, r + 1) - right - below + middle - left - above + at(c - 1, r - 1);
    newton(c, r, right - middle + left + EPSILON, xy / 2, below - middle + above + EPSILON);
  }

  /** Moves the position by Newton's method to where the first derivatives are 0. */
  private void newton(int c, int r, double xx, double xy, double yy) {
    double dx = (at(c + 1, r) - at(c - 1, r)) / 2;
    double dy = (at(c, r + 1) - at(c, r - 1)) / 2;
    double determinant = xx * yy - xy * xy;
    double movedX = x - (yy * dx - xy * dy) / determinant;
    double movedY = y - (xx * dy - xy * dx) / determinant;
    if (determinant != 0 && Double.isFinite(movedX) && Double.isFinite(movedY)) {
      x = movedX;
      y = movedY;
    }
  }
}

package dev.quern.detect;

/**
 * The intersection over union of a predicted and a true box, and its gradient. With the
 * intersection I, the union U and the smallest enclosing box C, the intersection over union is
 * {@code I / U}, and its generalized form is {@code I / U - (C - U) / C}, which varies even for
 * disjoint boxes. Rezatofighi et al., "Generalized Intersection over Union", 2019, arXiv
 * 1902.09630.
 */
final class Overlap {
  /** The gradient with respect to left, top, right and bottom of the first box. */
  final double[] gradient = new double[4];

  private final boolean generalized;

  Overlap(boolean generalized) {
    this.generalized = generalized;
  }

  /**
   * Returns the overlap and writes its gradient to {@link #gradient}.
   *
   * @param a left, top, right, bottom of the first box, from index {@code i} on; negative width or
   *     height counts as 0
   * @param b left, top, right, bottom of the second box, from index {@code j} on
   */
  double of(double[] a, int i, double[] b, int j) {
    Sides across = new Sides(a[i], a[i + 2], b[j], b[j + 2]);
    Sides down = new Sides(a[i + 1], a[i + 3], b[j + 1], b[j + 3]);
    double both = across.both() * down.both();
    double union = across.own() * down.own() + across.other() * down.other() - both;
    double hull = across.hull() * down.hull();
    for (int side = 0; side < 4; side++) {
      Sides along = side % 2 == 0 ? across : down;
      Sides cross = side % 2 == 0 ? down : across;
      boolean end = side > 1;
      double dBoth = along.dBoth(end) * cross.both();
      double dUnion = along.dOwn(end) * cross.own() - dBoth;
      double dHull = along.dHull(end) * cross.hull();
      gradient[side] = slope(both, union, dBoth, dUnion);
      if (generalized) {
        gradient[side] += slope(union, hull, dUnion, dHull);
      }
    }
    double iou = union > 0 ? both / union : 0;
    return generalized ? iou - (hull > 0 ? (hull - union) / hull : 0) : iou;
  }

  /** Returns the derivative of {@code over / under}; 0 if the divisor is 0. */
  private static double slope(double over, double under, double dOver, double dUnder) {
    return under > 0 ? (dOver * under - over * dUnder) / (under * under) : 0;
  }

  /**
   * The intervals of the first box, from a to b, and of the second box, from c to d, along an axis.
   */
  private record Sides(double a, double b, double c, double d) {
    double own() {
      return Math.max(0, b - a);
    }

    double other() {
      return Math.max(0, d - c);
    }

    double both() {
      return Math.max(0, Math.min(b, d) - Math.max(a, c));
    }

    double hull() {
      return Math.max(b, d) - Math.min(a, c);
    }

    double dOwn(boolean end) {
      return b > a ? (end ? 1 : -1) : 0;
    }

    double dBoth(boolean end) {
      boolean mine = end ? b < d : a > c;
      return mine && both() > 0 ? (end ? 1 : -1) : 0;
    }

    double dHull(boolean end) {
      boolean mine = end ? b > d : a < c;
      return mine ? (end ? 1 : -1) : 0;
    }
  }
}

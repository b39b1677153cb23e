package dev.quern.ocr;

import java.util.Arrays;
import java.util.Comparator;

/**
 * A rectangle at any angle.
 *
 * @param x the center
 * @param y the center
 * @param ux the direction of the first side, of length 1
 * @param uy the direction of the first side
 * @param first half of the length of the first side
 * @param second half of the length of the other side, whose direction is (-uy, ux)
 */
record RotatedBox(double x, double y, double ux, double uy, double first, double second) {
  /** Tolerance in pixels for points on the border of a rectangle. */
  private static final double ROUNDING = 1e-6;

  /**
   * Returns the rectangle of the smallest area around a convex polygon. One of its sides lies on a
   * side of the polygon (Freeman and Shapira 1975).
   *
   * @param xs the corners of the polygon, in order
   * @param ys the corners of the polygon
   */
  static RotatedBox around(int[] xs, int[] ys) {
    RotatedBox best = along(xs, ys, 1, 0);
    for (int i = 0; i < xs.length; i++) {
      int next = (i + 1) % xs.length;
      double dx = xs[next] - xs[i];
      double dy = ys[next] - ys[i];
      double length = Math.hypot(dx, dy);
      if (length > 0) {
        RotatedBox box = along(xs, ys, dx / length, dy / length);
        best = i == 0 || box.area() < best.area() ? box : best;
      }
    }
    return best;
  }

  private static RotatedBox along(int[] xs, int[] ys, double ux, double uy) {
    double firstLow = Double.POSITIVE_INFINITY;
    double firstHigh = Double.NEGATIVE_INFINITY;
    double secondLow = Double.POSITIVE_INFINITY;
    double secondHigh = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < xs.length; i++) {
      double a = xs[i] * ux + ys[i] * uy;
      double b = ys[i] * ux - xs[i] * uy;
      firstLow = Math.min(firstLow, a);
      firstHigh = Math.max(firstHigh, a);
      secondLow = Math.min(secondLow, b);
      secondHigh = Math.max(secondHigh, b);
    }
    double a = (firstLow + firstHigh) / 2;
    double b = (secondLow + secondHigh) / 2;
    return new RotatedBox(
        a * ux - b * uy,
        a * uy + b * ux,
        ux,
        uy,
        (firstHigh - firstLow) / 2,
        (secondHigh - secondLow) / 2);
  }

  private double area() {
    return first * second;
  }

  double shorterSide() {
    return 2 * Math.min(first, second);
  }

  /** Returns this rectangle with each side moved outwards by area * ratio / perimeter. */
  RotatedBox unclipped(double ratio) {
    double distance = first + second == 0 ? 0 : first * second * ratio / (first + second);
    return new RotatedBox(x, y, ux, uy, first + distance, second + distance);
  }

  boolean contains(int px, int py) {
    double dx = px - x;
    double dy = py - y;
    return Math.abs(dx * ux + dy * uy) <= first + ROUNDING
        && Math.abs(dy * ux - dx * uy) <= second + ROUNDING;
  }

  /** Returns half of the width of the upright rectangle around this rectangle. */
  double reachX() {
    return first * Math.abs(ux) + second * Math.abs(uy);
  }

  /** Returns half of the height of the upright rectangle around this rectangle. */
  double reachY() {
    return first * Math.abs(uy) + second * Math.abs(ux);
  }

  /**
   * Returns the corners in pixels of an image. The center of the map's pixel (0, 0) is (0, 0) in
   * this rectangle, but (0.5, 0.5) in a {@link Point}. This rectangle contains centers of pixels,
   * and the corners contain whole pixels, so each side moves outwards by half a pixel of the map.
   * PaddleOCR omits this; in crops without it, the recognizer finds fewer spaces.
   *
   * @param scaleX the image's width divided by the map's width
   * @param scaleY the image's height divided by the map's height
   */
  Quadrilateral corners(double scaleX, double scaleY) {
    Point[] p = new Point[4];
    for (int i = 0; i < p.length; i++) {
      double a = (first + 0.5) * (i == 0 || i == 3 ? -1 : 1);
      double b = (second + 0.5) * (i < 2 ? -1 : 1);
      p[i] = new Point((x + a * ux - b * uy + 0.5) * scaleX, (y + a * uy + b * ux + 0.5) * scaleY);
    }
    return sorted(p);
  }

  /** Returns four corners, of which the two with the smallest x are the left ones. */
  private static Quadrilateral sorted(Point... p) {
    Arrays.sort(p, Comparator.comparingDouble(Point::x));
    boolean left = p[0].y() <= p[1].y();
    boolean right = p[2].y() <= p[3].y();
    return new Quadrilateral(p[left ? 0 : 1], p[right ? 2 : 3], p[right ? 3 : 2], p[left ? 1 : 0]);
  }
}

package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.List;

/**
 * A similarity transform of the plane: rotation, uniform scaling and translation, without
 * reflection. It maps the point (px, py) to {@code (a px - b py + x, b px + a py + y)}: the scale
 * is {@code sqrt(a a + b b)}, and the angle from the x axis towards the y axis is {@code atan2(b,
 * a)}.
 *
 * @param a the scale times the cosine of the angle
 * @param b the scale times the sine of the angle
 * @param x the translation along x
 * @param y the translation along y
 */
public record SimilarityTransform(double a, double b, double x, double y) {
  private static final String OP = "similarity transform";

  /**
   * Distances below this fraction of the coordinates are rounding errors: points closer together
   * count as one point.
   */
  private static final double TOLERANCE = 1e-9;

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if a number is not finite, or a and b are both 0
   */
  public SimilarityTransform {
    boolean isFinite =
        Double.isFinite(a) && Double.isFinite(b) && Double.isFinite(x) && Double.isFinite(y);
    if (!isFinite || a == 0 && b == 0) {
      throw new InvalidArgumentException(
          OP
              + ": a "
              + a
              + ", b "
              + b
              + ", x "
              + x
              + ", y "
              + y
              + " must be finite, and a or b not 0");
    }
  }

  /**
   * Returns the transform that minimizes the sum of squared distances between transformed points
   * and their targets. Umeyama, "Least-Squares Estimation of Transformation Parameters Between Two
   * Point Patterns", 1991; equals scikit-image's {@code SimilarityTransform.estimate}.
   *
   * @param from the points; their scores are ignored
   * @param to the target of each point
   * @throws InvalidArgumentException if the numbers of points differ, all points or all targets are
   *     the same point, no rotation is better than another, or coordinates are too large for the
   *     squares of double precision
   */
  public static SimilarityTransform estimate(List<KeyPoint> from, List<KeyPoint> to) {
    List<KeyPoint> points = Require.all(OP, "points", from);
    List<KeyPoint> targets = Require.all(OP, "targets", to);
    if (points.size() != targets.size()) {
      throw new InvalidArgumentException(
          OP + ": " + points.size() + " points do not match " + targets.size() + " targets");
    }
    Cloud p = Cloud.of("points", points);
    Cloud q = Cloud.of("targets", targets);
    double along = 0;
    double across = 0;
    for (int i = 0; i < points.size(); i++) {
      double px = points.get(i).x() - p.x;
      double py = points.get(i).y() - p.y;
      double qx = targets.get(i).x() - q.x;
      double qy = targets.get(i).y() - q.y;
      along += px * qx + py * qy;
      across += px * qy - py * qx;
    }
    // In two dimensions, the singular value decomposition of the covariance has this closed form:
    // the best rotation turns the sum of the products of points and targets, as complex numbers.
    if (!(Math.hypot(along, across) > TOLERANCE * Math.sqrt(p.spread) * Math.sqrt(q.spread))) {
      throw new InvalidArgumentException(
          OP + ": points " + points + " do not determine a rotation to " + targets);
    }
    double a = along / p.spread;
    double b = across / p.spread;
    return new SimilarityTransform(a, b, q.x - a * p.x + b * p.y, q.y - b * p.x - a * p.y);
  }

  /** The mean of points, and the sum of squared distances from the mean. */
  private record Cloud(double x, double y, double spread) {
    static Cloud of(String what, List<KeyPoint> points) {
      double x = points.stream().mapToDouble(KeyPoint::x).sum() / points.size();
      double y = points.stream().mapToDouble(KeyPoint::y).sum() / points.size();
      double spread = 0;
      double squares = 0;
      for (KeyPoint p : points) {
        spread += square(p.x() - x) + square(p.y() - y);
        squares += square(p.x()) + square(p.y());
      }
      if (!(spread > TOLERANCE * TOLERANCE * squares) || Double.isInfinite(squares)) {
        throw new InvalidArgumentException(
            OP + ": " + what + " " + points + " must be at least two different points");
      }
      return new Cloud(x, y, spread);
    }

    private static double square(double v) {
      return v * v;
    }
  }

  /** Returns the transformed point, with the same score. */
  public KeyPoint apply(KeyPoint point) {
    Require.present(OP, "point", point);
    return new KeyPoint(
        a * point.x() - b * point.y() + x, b * point.x() + a * point.y() + y, point.score());
  }

  /**
   * Returns the inverse transform.
   *
   * @throws InvalidArgumentException if the inverse is outside the range of double precision
   */
  public SimilarityTransform inverse() {
    double square = a * a + b * b;
    double c = a / square;
    double d = -b / square;
    return new SimilarityTransform(c, d, -c * x + d * y, -d * x - c * y);
  }
}

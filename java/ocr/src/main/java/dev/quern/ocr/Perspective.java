package dev.quern.ocr;

/**
 * The perspective transform of the unit square onto a quadrilateral (Heckbert, Fundamentals of
 * Texture Mapping and Image Warping, 1989). For a rectangle or a parallelogram it is affine.
 */
final class Perspective {
  private final Point origin;
  private final double xu;
  private final double xv;
  private final double yu;
  private final double yv;
  private final double wu;
  private final double wv;

  private Perspective(
      Point origin, double xu, double xv, double yu, double yv, double wu, double wv) {
    this.origin = origin;
    this.xu = xu;
    this.xv = xv;
    this.yu = yu;
    this.yv = yv;
    this.wu = wu;
    this.wv = wv;
  }

  /** Returns the transform of (0, 0) to topLeft, (1, 0) to topRight and (1, 1) to bottomRight. */
  static Perspective ontoCorners(Quadrilateral q) {
    Point a = q.topLeft();
    Point b = q.topRight();
    Point c = q.bottomRight();
    Point d = q.bottomLeft();
    double dx = a.x() - b.x() + c.x() - d.x();
    double dy = a.y() - b.y() + c.y() - d.y();
    double x1 = b.x() - c.x();
    double y1 = b.y() - c.y();
    double x2 = d.x() - c.x();
    double y2 = d.y() - c.y();
    double area = x1 * y2 - x2 * y1;
    // without an area there is no perspective
    double wu = area == 0 ? 0 : (dx * y2 - x2 * dy) / area;
    double wv = area == 0 ? 0 : (x1 * dy - dx * y1) / area;
    return new Perspective(
        a,
        b.x() - a.x() + wu * b.x(),
        d.x() - a.x() + wv * d.x(),
        b.y() - a.y() + wu * b.y(),
        d.y() - a.y() + wv * d.y(),
        wu,
        wv);
  }

  double x(double u, double v) {
    return (origin.x() + xu * u + xv * v) / (1 + wu * u + wv * v);
  }

  double y(double u, double v) {
    return (origin.y() + yu * u + yv * v) / (1 + wu * u + wv * v);
  }
}

package dev.quern.reference.augment;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of the transformation of bounding boxes by augmentation steps; {@link
 * AugmentReference} applies the same steps to the image.
 */
public final class AugmentBoxReference {
  private AugmentBoxReference() {}

  /**
   * Transforms a box: after each geometric step, the box becomes the bounding box of its
   * transformed corners, clipped to the image.
   *
   * @param box left, top, right and bottom, in pixels of the image
   * @param shape {@code [C, H, W]}
   * @param steps the steps, {@link AugmentReference#WORDS} integers each
   * @return left, top, right and bottom of the transformed box
   * @throws ShapeException if the shape is not an image's shape, or the number of integers is wrong
   * @throws InvalidArgumentException if an argument is null, or the box is not four finite numbers
   */
  public static double[] apply(double[] box, Shape shape, int[] steps) {
    Require.present("augment boxes", "box, shape, steps", box, shape, steps);
    int[] own = steps.clone();
    if (shape.rank() != 3 || own.length % AugmentReference.WORDS != 0) {
      throw new ShapeException(
          "augment boxes: " + shape + " must be an image's shape, and steps of 16 words each");
    }
    if (box.length != 4) {
      throw new InvalidArgumentException("augment boxes: " + box.length + " sides, expected four");
    }
    double width = shape.dim(2);
    double height = shape.dim(1);
    double[] now = box;
    for (int at = 0; at < own.length && own[at] != 0; at += AugmentReference.WORDS) {
      AugmentPicture.Step s = new AugmentPicture.Step(own, at);
      if (s.operation() == 1 || s.operation() == 2) {
        now = cut(hull(now, s, width, height), width, height);
      }
    }
    return cut(now, width, height);
  }

  private static double[] cut(double[] b, double width, double height) {
    return new double[] {
      Math.min(Math.max(b[0], 0), width),
      Math.min(Math.max(b[1], 0), height),
      Math.min(Math.max(b[2], 0), width),
      Math.min(Math.max(b[3], 0), height)
    };
  }

  private static double[] hull(double[] b, AugmentPicture.Step s, double width, double height) {
    double[] x = new double[4];
    double[] y = new double[4];
    for (int i = 0; i < 4; i++) {
      double[] to = point(b[i < 2 ? 0 : 2], b[i % 2 == 0 ? 1 : 3], s, width, height);
      if (to == null) {
        return new double[4];
      }
      x[i] = to[0];
      y[i] = to[1];
    }
    return new double[] {least(x), least(y), -least(negative(x)), -least(negative(y))};
  }

  private static double least(double[] v) {
    return Math.min(Math.min(v[0], v[1]), Math.min(v[2], v[3]));
  }

  private static double[] negative(double[] v) {
    return new double[] {-v[0], -v[1], -v[2], -v[3]};
  }

  /**
   * Transforms a point of the image; returns null if the point is beyond the horizon of a
   * perspective warp. A warp is stored as the map from target to source, so the target is the
   * solution of two linear equations.
   */
  private static double[] point(
      double x, double y, AugmentPicture.Step s, double width, double height) {
    if (s.operation() == 1) {
      double toX = x - s.whole(2);
      double toY = y - s.whole(1);
      return new double[] {
        (s.whole(3) & 1) != 0 ? width - toX : toX, (s.whole(3) & 4) != 0 ? height - toY : toY
      };
    }
    double fromX = x - width / 2;
    double fromY = y - height / 2;
    double a = s.number(1) - fromX * s.number(7);
    double b = s.number(2) - fromX * s.number(8);
    double c = s.number(4) - fromY * s.number(7);
    double d = s.number(5) - fromY * s.number(8);
    double e = fromX * s.number(9) - s.number(3);
    double f = fromY * s.number(9) - s.number(6);
    double toX = (e * d - b * f) / (a * d - b * c);
    double toY = (a * f - e * c) / (a * d - b * c);
    double z = s.number(7) * toX + s.number(8) * toY + s.number(9);
    return z > 0 && Double.isFinite(toX - toY)
        ? new double[] {toX + width / 2, toY + height / 2}
        : null;
  }
}

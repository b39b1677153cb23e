package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;

/**
 * An annotated object in an image (ground truth).
 *
 * @param classIndex index of the object's class, from 0
 * @param ignored whether metrics ignore the object: a crowd in COCO, a difficult object in VOC
 * @param area the area of the object, for metrics by size; in COCO, the area inside the object's
 *     outline, which is less than the box's area
 */
public record GroundTruthBox(Box box, int classIndex, boolean ignored, double area) {
  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if the class index is negative, or the area is negative or not
   *     finite
   */
  public GroundTruthBox {
    Require.present("ground truth box", "box", box);
    Detection.requireClass("ground truth box", classIndex);
    if (!(area >= 0) || Double.isInfinite(area)) {
      throw new InvalidArgumentException(
          "ground truth box: area " + area + " must be finite and at least 0");
    }
  }

  /** Creates an object that is not ignored, with the area of its box. */
  public GroundTruthBox(Box box, int classIndex) {
    this(box, classIndex, false);
  }

  /** Creates an object with the area of its box. */
  public GroundTruthBox(Box box, int classIndex, boolean ignored) {
    this(box, classIndex, ignored, Require.present("ground truth box", "box", box).area());
  }

  /**
   * Returns a copy with x multiplied by {@code across} and y by {@code down}; both factors are at
   * least 0.
   */
  public GroundTruthBox scaled(double across, double down) {
    return new GroundTruthBox(box.scaled(across, down), classIndex, ignored, area * across * down);
  }
}

package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;

/**
 * An annotated object in an image (ground truth).
 *
 * @param classIndex index of its class, from 0
 * @param ignored whether a detector need not find it: a crowd in COCO, a difficult object in VOC
 * @param area area of the object, for metrics by size; COCO has that of its outline, which is less
 *     than the box's
 */
public record GroundTruthBox(Box box, int classIndex, boolean ignored, double area) {
  /**
   * @throws InvalidArgumentException if the class index is below 0, or the area not a number of at
   *     least 0
   */
  public GroundTruthBox {
    Require.present("ground truth box", "box", box);
    Detection.requireClass("ground truth box", classIndex);
    if (!(area >= 0) || Double.isInfinite(area)) {
      throw new InvalidArgumentException(
          "ground truth box: area " + area + " must be finite and at least 0");
    }
  }

  /** A box that covers what it shows, and is to be found. */
  public GroundTruthBox(Box box, int classIndex) {
    this(box, classIndex, false);
  }

  /** A box that covers what it shows. */
  public GroundTruthBox(Box box, int classIndex, boolean ignored) {
    this(box, classIndex, ignored, Require.present("ground truth box", "box", box).area());
  }

  /** This with x multiplied by {@code across} and y by {@code down}, which are at least 0. */
  public GroundTruthBox scaled(double across, double down) {
    return new GroundTruthBox(box.scaled(across, down), classIndex, ignored, area * across * down);
  }
}

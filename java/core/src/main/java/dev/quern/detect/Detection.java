package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;

/**
 * An object detected in an image.
 *
 * @param box its box in pixels
 * @param classIndex index of its class, from 0
 * @param label the class's name; its index without a name
 * @param score confidence; higher is more confident, for most networks from 0 to 1
 */
public record Detection(Box box, int classIndex, String label, double score) {
  /**
   * @throws InvalidArgumentException if the class index is below 0 or the score is not finite
   */
  public Detection {
    Require.present("detection", "box", box);
    requireClass("detection", classIndex);
    Require.present("detection", "label", label);
    if (!Double.isFinite(score)) {
      throw new InvalidArgumentException("detection: score " + score + " is not a finite number");
    }
  }

  static void requireClass(String op, int classIndex) {
    if (classIndex < 0) {
      throw new InvalidArgumentException(op + ": class index " + classIndex + " is below 0");
    }
  }

  /** The same thing in another box. */
  public Detection box(Box other) {
    return new Detection(other, classIndex, label, score);
  }
}

package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object detected in an image.
 *
 * @param box the object's box in pixels
 * @param classIndex the class index, from 0
 * @param label the class name or, if classes have no names, the class index as text
 * @param score the confidence, for most networks from 0 to 1
 * @param keyPoints the object's key points in the order of the network; empty if the network has no
 *     key points
 * @param mask the object's pixels; null if the network has no masks
 */
public record Detection(
    Box box,
    int classIndex,
    String label,
    double score,
    List<KeyPoint> keyPoints,
    @Nullable Mask mask) {
  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if the class index is negative or the score is not finite
   */
  public Detection {
    Require.present("detection", "box", box);
    requireClass("detection", classIndex);
    Require.present("detection", "label", label);
    if (!Double.isFinite(score)) {
      throw new InvalidArgumentException("detection: score " + score + " must be finite");
    }
    keyPoints = Require.all("detection", "key points", keyPoints);
  }

  /** Creates a detection without mask. */
  public Detection(Box box, int classIndex, String label, double score, List<KeyPoint> keyPoints) {
    this(box, classIndex, label, score, keyPoints, null);
  }

  /** Creates a detection without key points and mask. */
  public Detection(Box box, int classIndex, String label, double score) {
    this(box, classIndex, label, score, List.of());
  }

  static void requireClass(String op, int classIndex) {
    if (classIndex < 0) {
      throw new InvalidArgumentException(
          op + ": class index " + classIndex + " must be at least 0");
    }
  }

  /** Returns a copy with another box. */
  public Detection box(Box other) {
    return new Detection(other, classIndex, label, score, keyPoints, mask);
  }

  /** Returns a copy with other key points. */
  public Detection keyPoints(List<KeyPoint> other) {
    return new Detection(box, classIndex, label, score, other, mask);
  }

  /** Returns a copy with another mask. */
  public Detection mask(@Nullable Mask other) {
    return new Detection(box, classIndex, label, score, keyPoints, other);
  }
}

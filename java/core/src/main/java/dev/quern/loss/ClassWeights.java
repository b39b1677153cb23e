package dev.quern.loss;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.kernel.Scratch;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Checks class weights of a loss, which are null if all are 1, and copies them to native memory.
 */
final class ClassWeights {
  private ClassWeights() {}

  /** Checks that all weights are finite and at least 0, and returns a copy. */
  static float[] checked(String op, String what, float[] weights) {
    float[] own = copy(weights);
    if (own == null) {
      return null;
    }
    for (float w : own) {
      if (!(w >= 0) || Float.isInfinite(w)) {
        throw new InvalidArgumentException(
            op + ": " + what + " " + w + " must be finite and at least 0");
      }
    }
    return own;
  }

  static float[] copy(float[] weights) {
    return weights == null ? null : weights.clone();
  }

  static void requireFit(String op, String what, float[] weights, long classes) {
    if (weights != null && weights.length != classes) {
      throw new ShapeException(
          op + ": " + weights.length + " " + what + "s do not fit " + classes + " classes");
    }
  }

  static FloatPointer pointer(Scratch s, float[] weights) {
    if (weights == null) {
      return null;
    }
    FloatPointer p = s.floats(weights.length);
    p.put(weights, 0, weights.length);
    return p;
  }
}

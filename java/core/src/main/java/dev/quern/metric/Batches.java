package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;

/** Checks of a scorer's input arrays. */
final class Batches {
  /** The tolerance for probabilities outside [0, 1], which allows for float32 rounding. */
  private static final float SLACK = 1e-5f;

  private Batches() {}

  /**
   * Checks that all values are finite.
   *
   * @throws NumericException if a value is NaN or infinite
   */
  static void requireFinite(String operation, String what, float[] values) {
    Require.present(operation, what + "s", values);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new NumericException(
            operation + ": " + what + " " + i + " of the batch is " + values[i]);
      }
    }
  }

  /**
   * Checks that outputs are finite, and in [0, 1] if they are probabilities.
   *
   * @throws NumericException if an output is NaN or infinite
   * @throws InvalidArgumentException if an output should be a probability and is outside [0, 1]
   */
  static void requireOutputs(String operation, Outputs kind, float[] values) {
    requireFinite(operation, "output", values);
    if (kind == Outputs.PROBABILITIES) {
      requireProbabilities(operation, "output", values);
    }
  }

  static void requireProbabilities(String operation, String what, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= -SLACK && values[i] <= 1 + SLACK)) {
        throw new InvalidArgumentException(
            operation
                + ": "
                + what
                + " "
                + i
                + " of the batch is "
                + values[i]
                + ", expected a probability in [0, 1]");
      }
    }
  }

  static void requireAsMany(String operation, String what, long there, long wanted) {
    if (there != wanted) {
      throw new ShapeException(
          operation + ": " + there + " " + what + " do not fit the outputs, expected " + wanted);
    }
  }

  static InvalidArgumentException takesTargets(String operation) {
    return new InvalidArgumentException(operation + ": expects targets, found labels");
  }

  /** Returns the index of a row's largest value; of several equal values, the first. */
  static int argmax(float[] values, int from, int count, int stride) {
    int best = 0;
    for (int c = 1; c < count; c++) {
      if (values[from + c * stride] > values[from + best * stride]) {
        best = c;
      }
    }
    return best;
  }
}

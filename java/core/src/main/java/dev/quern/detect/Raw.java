package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.tensor.Shape;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of one sample in one output of a network.
 *
 * @param values the values of the batch, where this sample begins at {@code from}; null if only the
 *     shape is needed
 */
record Raw(String output, Shape shape, float @Nullable [] values, int from) {
  /**
   * Returns the values of an output.
   *
   * @throws InvalidArgumentException if the output does not exist
   */
  static Raw of(Map<String, Raw> all, String output) {
    Raw raw = all.get(output);
    if (raw == null) {
      throw new InvalidArgumentException(
          "detection: unknown output " + output + ", found " + all.keySet());
    }
    if (raw.shape.elements() > Heap.MOST) {
      throw raw.wrong("small enough for a Java array");
    }
    return raw;
  }

  /**
   * Returns these values with leading axes of length 1 removed.
   *
   * @param axes the number of remaining axes
   * @param wanted the expected shape, for the message
   * @throws ShapeException if there are fewer axes, or an axis to remove is longer than 1
   */
  Raw last(int axes, String wanted) {
    long[] dims = shape.toArray();
    int more = dims.length - axes;
    for (int i = 0; i < more; i++) {
      if (dims[i] != 1) {
        throw wrong(wanted);
      }
    }
    if (more < 0) {
      throw wrong(wanted);
    }
    long[] left = new long[axes];
    System.arraycopy(dims, more, left, 0, axes);
    return new Raw(output, Shape.of(left), values, from);
  }

  ShapeException wrong(String wanted) {
    return new ShapeException(
        "detection: output " + output + " has shape " + shape + ", expected " + wanted);
  }

  int dim(int axis) {
    return (int) shape.dim(axis); // fits, since the values are in an array
  }

  /** Returns the values of one sample of the batch. */
  Raw sample(int number) {
    return new Raw(output, shape, values, number * (int) shape.elements());
  }

  double at(int index) {
    return values[from + index];
  }
}

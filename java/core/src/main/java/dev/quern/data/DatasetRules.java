package dev.quern.data;

import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.nio.Buffer;

/** Argument checks and {@code toString} text for all data sets. */
final class DatasetRules {
  private DatasetRules() {}

  /**
   * Returns the number of values of one sample.
   *
   * @throws InvalidArgumentException if the number is 0, or too large for a Java array
   */
  static int each(String name, Shape shape) {
    long each = Require.present("data set " + name, "shape", shape).elements();
    if (each < 1) {
      throw new InvalidArgumentException(
          "data set " + name + ": image size " + shape + " must be at least 1 in each dimension");
    }
    if (each > Heap.MOST) {
      throw new InvalidArgumentException(
          "data set "
              + name
              + ": an image of "
              + shape
              + " has more values than a Java array can contain");
    }
    return (int) each;
  }

  /**
   * Checks the size of a data set and returns the size. Callers keep the result, since a custom set
   * may return another size later.
   */
  static int size(Dataset data) {
    int size = data.size();
    if (size < 0) {
      throw new InvalidArgumentException(
          "data set " + data.name() + ": size " + size + " must be at least 0");
    }
    return size;
  }

  /** Checks the length of an array that a custom set returned for a sample. */
  static void requireLength(String name, int index, int length, int wanted) {
    if (length != wanted) {
      throw new DataException(
          "data set "
              + name
              + ": sample "
              + index
              + " has "
              + length
              + " values, expected "
              + wanted,
          null);
    }
  }

  static void requireIndex(String name, int index, int size) {
    if (index < 0 || index >= size) {
      throw new InvalidArgumentException(
          "data set " + name + ": image " + index + " is outside [0, " + size + ")");
    }
  }

  static void requireRoom(String name, int wanted, Buffer to) {
    if (to == null || to.isReadOnly() || to.remaining() < wanted) {
      throw new InvalidArgumentException(
          "data set " + name + ": a sample of " + wanted + " values does not fit in " + to);
    }
  }

  /** Checks that a set has written a whole sample to the buffer. */
  static void requireFull(String name, int index, Buffer to) {
    if (to.position() != to.capacity()) {
      throw new DataException(
          "data set "
              + name
              + ": it wrote "
              + to.position()
              + " of "
              + to.capacity()
              + " values of sample "
              + index,
          null);
    }
  }

  static InvalidArgumentException hasNo(Dataset data, String what) {
    String has =
        switch (what) {
          case "bytes" -> "floats";
          case "floats" -> "bytes";
          case "labels" -> "targets";
          default -> "labels";
        };
    return new InvalidArgumentException(
        "data set " + data.name() + ": it has " + has + ", not " + what);
  }

  static String line(Dataset data) {
    return "Dataset "
        + Names.inLine(String.valueOf(data.name()))
        + ": "
        + data.size()
        + " images of "
        + data.shape()
        + ", "
        + (data.hasTargets()
            ? "targets of " + Names.inLine(String.valueOf(data.targetShape()))
            : Require.present("data set", "classes", data.classes()).size() + " classes");
  }
}

package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.nio.FloatBuffer;

/** The targets of all samples of a data set: floats of one shape, sample after sample. */
final class Targets {
  private final Shape shape;
  private final FloatBuffer values;

  private Targets(Shape shape, FloatBuffer values) {
    this.shape = shape;
    this.values = values;
  }

  /**
   * Creates targets from a buffer.
   *
   * @param values the targets, from the buffer's position to its limit; not copied
   * @throws InvalidArgumentException if the number of values is not a multiple of the number of
   *     elements of the shape, or a value is not finite
   */
  static Targets of(String name, Shape shape, FloatBuffer values) {
    Require.present("data set " + name, "target shape", shape);
    FloatBuffer all = Require.present("data set " + name, "targets", values).slice();
    long each = shape.elements();
    if (each < 1 || each > Heap.MOST || all.limit() % each != 0) {
      throw new InvalidArgumentException(
          "data set "
              + name
              + ": "
              + all.limit()
              + " floats do not fill a whole number of targets of shape "
              + shape);
    }
    for (int i = 0; i < all.limit(); i++) {
      if (!Float.isFinite(all.get(i))) {
        throw new InvalidArgumentException(
            "data set "
                + name
                + ": target "
                + all.get(i)
                + " of image "
                + i / each
                + " is not finite");
      }
    }
    return new Targets(shape, all);
  }

  /** Creates targets from rows of equal length, one row per sample. */
  static Targets of(String name, float[][] rows) {
    float[][] own = Require.present("data set " + name, "targets", rows).clone();
    int each = own.length == 0 || own[0] == null ? 1 : own[0].length;
    float[] all =
        Heap.floats("data set " + name + ": targets", Math.multiplyExact((long) own.length, each));
    for (int i = 0; i < own.length; i++) {
      float[] row = Require.present("data set " + name, "target of image " + i, own[i]);
      if (row.length != each) {
        throw new InvalidArgumentException(
            "data set "
                + name
                + ": target of image "
                + i
                + " has "
                + row.length
                + " floats, the first target has "
                + each);
      }
      System.arraycopy(row, 0, all, i * each, each);
    }
    return of(name, Shape.of(each), FloatBuffer.wrap(all));
  }

  /** Returns the number of targets, one per sample. */
  int size() {
    return values.limit() / each();
  }

  Shape shape() {
    return shape;
  }

  private int each() {
    return (int) shape.elements();
  }

  void copy(int image, FloatBuffer to) {
    int at = to.position();
    to.put(at, values, image * each(), each()).position(at + each());
  }
}

package dev.quern.io.mat;

import dev.quern.error.FormatException;
import java.nio.ByteBuffer;

/** A real array of class uint8 or double from a MATLAB file, in column-major order. */
public final class MatArray {
  private final String what;
  private final int[] dims;
  private final MatType stored;
  private final boolean uint8;
  private final ByteBuffer values;

  /**
   * Creates an array.
   *
   * @param what the operation, file and name, for messages
   * @param stored the type of the stored numbers; an array of class double may be stored as a
   *     smaller type
   */
  MatArray(String what, int[] dims, boolean uint8, MatType stored, ByteBuffer values) {
    this.what = what;
    this.dims = dims;
    this.uint8 = uint8;
    this.stored = stored;
    this.values = values;
  }

  public int[] dims() {
    return dims.clone();
  }

  /** Returns the elements of a uint8 array; not copied. */
  public byte[] bytes() {
    if (!uint8) {
      throw new FormatException(what + " is of class double, expected uint8");
    }
    return values.array();
  }

  /** Returns the elements as integers; rejects fractions. */
  public int[] wholes() {
    int[] all = new int[values.capacity() / stored.bytes()];
    for (int i = 0; i < all.length; i++) {
      double v = stored.get(values, i * stored.bytes());
      all[i] = (int) v;
      if (all[i] != v) {
        throw new FormatException(what + ": element " + i + ", " + v + ", is not an integer");
      }
    }
    return all;
  }
}

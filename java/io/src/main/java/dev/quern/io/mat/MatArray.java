package dev.quern.io.mat;

import dev.quern.error.FormatException;
import java.nio.ByteBuffer;

/** A real array of class uint8 or double; the first dimension is the fastest. */
public final class MatArray {
  private final String what;
  private final int[] dims;
  private final MatType stored;
  private final boolean uint8;
  private final ByteBuffer values;

  /**
   * Creates an array.
   *
   * @param what operation, file and name, for messages
   * @param stored the type of the bytes; an array of class double may be stored in a smaller type
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

  /** Returns the elements of an array of class uint8; not copied. */
  public byte[] bytes() {
    if (!uint8) {
      throw new FormatException(what + " is of class double, expected uint8");
    }
    return values.array();
  }

  /** Returns the elements as integers. */
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

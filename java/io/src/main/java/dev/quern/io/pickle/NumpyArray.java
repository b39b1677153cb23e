package dev.quern.io.pickle;

import dev.quern.error.FormatException;

/** A uint8 array in row-major order from a pickle. */
public final class NumpyArray {
  private int[] shape = {0};
  private byte[] data = {};

  NumpyArray() {}

  public int[] shape() {
    return shape.clone();
  }

  /** Returns the elements in row-major order; not copied. */
  public byte[] data() {
    return data;
  }

  /**
   * Sets shape and elements from the pickled state {@code (version, shape, dtype, is_fortran_order,
   * bytes)}.
   */
  void setState(Object state) {
    if (!(state instanceof Object[] s)
        || s.length != 5
        || !(s[1] instanceof Object[] dims)
        || !(s[2] instanceof NumpyDtype dtype)) {
      throw new FormatException("an array's state is not (version, shape, dtype, order, bytes)");
    }
    dtype.requireUint8();
    if (!Boolean.FALSE.equals(s[3])) {
      throw new FormatException("an array is in Fortran order, expected C order");
    }
    shape = shape(dims);
    data = bytes(s[4]);
    long elements = 1;
    for (int d : shape) {
      elements = Math.multiplyExact(elements, (long) d);
    }
    if (elements != data.length) {
      throw new FormatException(
          "an array of " + elements + " elements has " + data.length + " bytes");
    }
  }

  private static int[] shape(Object[] dims) {
    int[] shape = new int[dims.length];
    for (int i = 0; i < dims.length; i++) {
      if (!(dims[i] instanceof Number d)
          || d.longValue() < 0
          || d.longValue() > Integer.MAX_VALUE) {
        throw new FormatException("an array's dimension " + i + " is not an integer of at least 0");
      }
      shape[i] = d.intValue();
    }
    return shape;
  }

  private static byte[] bytes(Object raw) {
    if (raw instanceof byte[] b) {
      return b;
    }
    if (raw instanceof String s) {
      return Global.latin1(s);
    }
    throw new FormatException("an array's content is not a byte string");
  }
}

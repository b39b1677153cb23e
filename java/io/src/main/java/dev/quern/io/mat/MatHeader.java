package dev.quern.io.mat;

import dev.quern.error.FormatException;
import dev.quern.io.file.Sizes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The header that precedes an array's values in a MATLAB file.
 *
 * @param kind the array's class and flags
 */
record MatHeader(int kind, int[] dims, String name) {
  private static final int DOUBLE_CLASS = 6;
  private static final int UINT8_CLASS = 9;
  private static final int COMPLEX = 0x0800;
  private static final int FLAGS_BYTES = 8;
  private static final int MAX_RANK = 32;
  private static final int MAX_NAME = 1 << 10;

  static MatHeader read(MatInput in) throws IOException {
    MatInput.Element flags = in.element(FLAGS_BYTES);
    flags.require(
        "array flags",
        MatType.of(flags.type()) == MatType.UINT32 && flags.content().capacity() == FLAGS_BYTES);
    MatInput.Element dims = in.element(MAX_RANK * Integer.BYTES);
    int rank = dims.content().capacity() / Integer.BYTES;
    dims.require(
        "dimensions",
        MatType.of(dims.type()) == MatType.INT32
            && rank >= 2
            && rank * Integer.BYTES == dims.content().capacity());
    int[] all = new int[rank];
    dims.content().asIntBuffer().get(all);
    MatInput.Element name = in.element(MAX_NAME);
    name.require("a name", MatType.of(name.type()) == MatType.INT8);
    return new MatHeader(
        flags.content().getInt(0),
        all,
        new String(name.content().array(), StandardCharsets.ISO_8859_1));
  }

  private boolean isUint8() {
    return (kind & 0xff) == UINT8_CLASS;
  }

  /** Returns the minimum size of the values in bytes; a double may be stored in one byte. */
  long leastBytes() {
    return Sizes.elements(dims);
  }

  /**
   * Returns the maximum size of the values in bytes.
   *
   * @param array the operation, file and name, for messages
   */
  long mostBytes(String array) {
    if ((kind & 0xff) != DOUBLE_CLASS && !isUint8() || (kind & COMPLEX) != 0) {
      throw new FormatException(array + " must be real and of class uint8 or double");
    }
    long n = Sizes.elements(dims);
    if (n < 0 || n > Long.MAX_VALUE / Double.BYTES) {
      throw new FormatException(array + ": dimensions are too large: " + Arrays.toString(dims));
    }
    return isUint8() ? n : n * Double.BYTES;
  }

  MatArray array(String array, MatInput.Element real) {
    MatType type = MatType.of(real.type());
    ByteBuffer content = real.content();
    if (type == null || isUint8() && type != MatType.UINT8) {
      throw new FormatException(array + ": values have unsupported type " + real.type());
    }
    if (content.capacity() != Sizes.elements(dims) * type.bytes()) {
      throw new FormatException(
          array
              + ": "
              + content.capacity()
              + " bytes do not fill dimensions "
              + Arrays.toString(dims));
    }
    return new MatArray(array, dims, isUint8(), type, content);
  }
}

package dev.quern.io;

import dev.quern.error.FormatException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The element types of safetensors files that hold whole numbers. */
enum IntegerDtype {
  BOOL(1) {
    @Override
    long get(ByteBuffer from, int i) {
      return from.get(i) == 0 ? 0 : 1;
    }
  },
  U8(1) {
    @Override
    long get(ByteBuffer from, int i) {
      return Byte.toUnsignedLong(from.get(i));
    }
  },
  I8(1) {
    @Override
    long get(ByteBuffer from, int i) {
      return from.get(i);
    }
  },
  U16(Short.BYTES) {
    @Override
    long get(ByteBuffer from, int i) {
      return Short.toUnsignedLong(from.getShort(i * Short.BYTES));
    }
  },
  I16(Short.BYTES) {
    @Override
    long get(ByteBuffer from, int i) {
      return from.getShort(i * Short.BYTES);
    }
  },
  U32(Integer.BYTES) {
    @Override
    long get(ByteBuffer from, int i) {
      return Integer.toUnsignedLong(from.getInt(i * Integer.BYTES));
    }
  },
  I32(Integer.BYTES) {
    @Override
    long get(ByteBuffer from, int i) {
      return from.getInt(i * Integer.BYTES);
    }
  },
  I64(Long.BYTES) {
    @Override
    long get(ByteBuffer from, int i) {
      return from.getLong(i * Long.BYTES);
    }
  };

  private final int bytes;

  IntegerDtype(int bytes) {
    this.bytes = bytes;
  }

  static boolean is(String dtype) {
    return Arrays.stream(values()).anyMatch(d -> d.name().equals(dtype));
  }

  /**
   * The type of a tensor.
   *
   * @param what operation and file, for messages
   * @throws FormatException if it is none of these
   */
  static IntegerDtype of(String what, SafetensorsHeader.Tensor t) {
    if (!is(t.dtype())) {
      throw new FormatException(
          what
              + ": tensor "
              + t.name()
              + " is "
              + t.dtype()
              + ", whole numbers are read from "
              + Arrays.stream(values()).map(IntegerDtype::name).collect(Collectors.joining(", ")));
    }
    return valueOf(t.dtype());
  }

  /** Bytes an element. */
  int bytes() {
    return bytes;
  }

  /** Element {@code i} of the little-endian bytes from the buffer's start on. */
  abstract long get(ByteBuffer from, int i);
}

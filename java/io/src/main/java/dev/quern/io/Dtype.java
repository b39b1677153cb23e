package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;

/**
 * The element types of the safetensors files that Quern writes: bytes an element, and how arrays
 * become bytes and come back.
 */
enum Dtype {
  U8(1),
  /** Signed. */
  I8(1),
  I16(2) {
    @Override
    Object allocate(int n) {
      return new short[n];
    }

    @Override
    void get(ByteBuffer from, Object array, int at, int n) {
      from.asShortBuffer().get((short[]) array, at, n);
    }

    @Override
    void put(ByteBuffer to, Object array, int at, int n) {
      to.asShortBuffer().put((short[]) array, at, n);
    }
  },
  F32(4) {
    @Override
    Object allocate(int n) {
      return new float[n];
    }

    @Override
    void get(ByteBuffer from, Object array, int at, int n) {
      from.asFloatBuffer().get((float[]) array, at, n);
    }

    @Override
    void put(ByteBuffer to, Object array, int at, int n) {
      to.asFloatBuffer().put((float[]) array, at, n);
    }
  },
  /** In memory float32, whose values are those of the type. */
  BF16(2) {
    @Override
    Object allocate(int n) {
      return new float[n];
    }

    @Override
    void get(ByteBuffer from, Object array, int at, int n) {
      FloatDtype.BF16.get(from, (float[]) array, at, n);
    }

    @Override
    void put(ByteBuffer to, Object array, int at, int n) {
      putHalves(DType.BF16, to, (float[]) array, at, n);
    }
  },
  /** As {@link #BF16}. */
  F16(2) {
    @Override
    Object allocate(int n) {
      return new float[n];
    }

    @Override
    void get(ByteBuffer from, Object array, int at, int n) {
      FloatDtype.F16.get(from, (float[]) array, at, n);
    }

    @Override
    void put(ByteBuffer to, Object array, int at, int n) {
      putHalves(DType.F16, to, (float[]) array, at, n);
    }
  },
  F64(8) {
    @Override
    Object allocate(int n) {
      return new double[n];
    }

    @Override
    void get(ByteBuffer from, Object array, int at, int n) {
      from.asDoubleBuffer().get((double[]) array, at, n);
    }

    @Override
    void put(ByteBuffer to, Object array, int at, int n) {
      to.asDoubleBuffer().put((double[]) array, at, n);
    }
  },
  I64(8) {
    @Override
    Object allocate(int n) {
      return new long[n];
    }

    @Override
    void get(ByteBuffer from, Object array, int at, int n) {
      from.asLongBuffer().get((long[]) array, at, n);
    }

    @Override
    void put(ByteBuffer to, Object array, int at, int n) {
      to.asLongBuffer().put((long[]) array, at, n);
    }
  };

  private final int bytes;

  Dtype(int bytes) {
    this.bytes = bytes;
  }

  /**
   * The type of a tensor.
   *
   * @param what operation and file, for messages
   * @throws FormatException if it is none of these
   */
  static Dtype of(String what, SafetensorsHeader.Tensor t) {
    for (Dtype d : values()) {
      if (d.name().equals(t.dtype())) {
        return d;
      }
    }
    throw new FormatException(
        what
            + ": tensor "
            + t.name()
            + ": key \"dtype\": \""
            + t.dtype()
            + "\" is not one of U8, I8, I16, F32, BF16, F16, F64, I64; SafetensorsFile reads files of any types");
  }

  /** Bytes an element. */
  int bytes() {
    return bytes;
  }

  /** A Java array of {@code n} elements; bytes, unless a type says otherwise, as the others do. */
  Object allocate(int n) {
    return new byte[n];
  }

  /**
   * Copies {@code n} elements from the little-endian bytes at the buffer's position into the array.
   */
  void get(ByteBuffer from, Object array, int at, int n) {
    from.get((byte[]) array, at, n);
  }

  /** Copies {@code n} elements of the array to the buffer's position as little-endian bytes. */
  void put(ByteBuffer to, Object array, int at, int n) {
    to.put((byte[]) array, at, n);
  }

  private static void putHalves(DType type, ByteBuffer to, float[] values, int at, int n) {
    ShortBuffer bits = to.asShortBuffer();
    for (int i = 0; i < n; i++) {
      bits.put(i, type.bits16(values[at + i]));
    }
  }
}

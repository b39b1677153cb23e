package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.ShortBuffer;

/** The element types of safetensors files that become float32: bytes an element, and how. */
enum FloatDtype {
  F32(Float.BYTES) {
    @Override
    void get(ByteBuffer from, float[] to, int at, int n) {
      from.asFloatBuffer().get(to, at, n);
    }
  },
  F16(Short.BYTES) {
    @Override
    void get(ByteBuffer from, float[] to, int at, int n) {
      ShortBuffer bits = from.asShortBuffer();
      for (int i = 0; i < n; i++) {
        to[at + i] = DType.F16.ofBits16(bits.get(i));
      }
    }
  },
  BF16(Short.BYTES) {
    @Override
    void get(ByteBuffer from, float[] to, int at, int n) {
      ShortBuffer bits = from.asShortBuffer();
      for (int i = 0; i < n; i++) {
        to[at + i] = DType.BF16.ofBits16(bits.get(i));
      }
    }
  },
  F64(Double.BYTES) {
    @Override
    void get(ByteBuffer from, float[] to, int at, int n) {
      DoubleBuffer values = from.asDoubleBuffer();
      for (int i = 0; i < n; i++) {
        to[at + i] = (float) values.get(i);
      }
    }
  };

  private final int bytes;

  FloatDtype(int bytes) {
    this.bytes = bytes;
  }

  /**
   * The type of a tensor.
   *
   * @param what operation and file, for messages
   * @throws FormatException if it is none of these
   */
  static FloatDtype of(String what, SafetensorsHeader.Tensor t) {
    for (FloatDtype d : values()) {
      if (d.name().equals(t.dtype())) {
        return d;
      }
    }
    throw new FormatException(
        what
            + ": tensor "
            + t.name()
            + " is "
            + t.dtype()
            + ", float32 is read from F32, F16, BF16 and F64");
  }

  /** Bytes an element. */
  int bytes() {
    return bytes;
  }

  /** Converts {@code n} elements from the little-endian bytes at the buffer's position. */
  abstract void get(ByteBuffer from, float[] to, int at, int n);
}

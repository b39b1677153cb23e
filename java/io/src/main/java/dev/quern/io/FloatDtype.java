package dev.quern.io;

import dev.quern.error.FormatException;
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
        to[at + i] = ofF16(bits.get(i));
      }
    }
  },
  BF16(Short.BYTES) {
    @Override
    void get(ByteBuffer from, float[] to, int at, int n) {
      ShortBuffer bits = from.asShortBuffer();
      for (int i = 0; i < n; i++) {
        to[at + i] = ofBf16(bits.get(i));
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

  private static final int F16_EXPONENT = 0x7c00;
  private static final int F16_FRACTION = 0x3ff;

  /** A float's fraction has 23 bits, that of an F16 has 10. */
  private static final int F16_SHIFT = 13;

  /** A float's exponent is biased by 127, that of an F16 by 15. */
  private static final int F16_BIAS = (127 - 15) << 23;

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

  /** IEEE 754 binary16, exactly: sign, 5 bits of exponent, 10 of fraction. */
  static float ofF16(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits & F16_EXPONENT;
    int fraction = bits & F16_FRACTION;
    if (exponent == 0) { // zero or subnormal, in units of 2^-24, where a float is still normal
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
    }
    int bias = exponent == F16_EXPONENT ? 2 * F16_BIAS : F16_BIAS; // infinity and NaN stay on top
    return Float.intBitsToFloat(sign | ((exponent | fraction) << F16_SHIFT) + bias);
  }

  /** The upper half of a float, exactly. */
  static float ofBf16(short bits) {
    return Float.intBitsToFloat(bits << Short.SIZE);
  }
}

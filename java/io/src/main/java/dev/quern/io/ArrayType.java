package dev.quern.io;

import dev.quern.error.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The element types of arrays in files, by the names of safetensors, and how they are read. */
enum ArrayType {
  U8("u1"),
  I8("i1"),
  U16("u2"),
  I16("i2"),
  U32("u4"),
  I32("i4"),
  I64("i8"),
  BOOL("b1"),
  F16("f2"),
  BF16(null),
  F32("f4"),
  F64("f8"),
  /** Text of one length, not read as numbers. */
  TEXT("U");

  private static final int BUFFER_BYTES = 1 << 18;

  private final String numpy;

  ArrayType(String numpy) {
    this.numpy = numpy;
  }

  /** Null where NumPy's type is none of these. */
  static ArrayType ofNumpy(String code) {
    for (ArrayType t : values()) {
      if (code.equals(t.numpy) || t == TEXT && code.equals("S")) {
        return t;
      }
    }
    return null;
  }

  /** Null where the name of safetensors' type is none of these. */
  static ArrayType of(String dtype) {
    return Arrays.stream(values())
        .filter(t -> t != TEXT && t.name().equals(dtype))
        .findFirst()
        .orElse(null);
  }

  static String numpyNames() {
    return Arrays.stream(values())
        .filter(t -> t.numpy != null)
        .map(t -> t.numpy)
        .collect(Collectors.joining(", "));
  }

  boolean isInteger() {
    return this != TEXT && IntegerDtype.is(name());
  }

  /** Whether values are unsigned bytes, which a normalization divides by 255. */
  boolean isByte() {
    return this == U8;
  }

  /** Bytes a value; of text 1. */
  int bytes() {
    return this == TEXT
        ? 1
        : isInteger() ? IntegerDtype.valueOf(name()).bytes() : FloatDtype.valueOf(name()).bytes();
  }

  /** Converts {@code n} values from the buffer's position on, in its order. */
  void floats(ByteBuffer from, float[] to, int at, int n) {
    if (isInteger()) {
      IntegerDtype type = IntegerDtype.valueOf(name());
      ByteBuffer values = from.slice().order(from.order());
      for (int i = 0; i < n; i++) {
        to[at + i] = type.get(values, i);
      }
    } else {
      FloatDtype.valueOf(name()).get(from, to, at, n);
    }
  }

  /** Reads the values of a stream as floats. */
  float[] readFloats(InputStream in, ByteOrder order, int n) throws IOException {
    requireNumbers();
    float[] all = new float[n];
    read(in, order, n, (from, at, count) -> floats(from, all, at, count));
    return all;
  }

  /** Reads whole numbers, those beyond int's range as the nearest int. */
  int[] readInts(InputStream in, ByteOrder order, int n) throws IOException {
    if (!isInteger()) {
      throw new FormatException("it is " + this + ", no type of whole numbers");
    }
    IntegerDtype type = IntegerDtype.valueOf(name());
    int[] all = new int[n];
    read(
        in,
        order,
        n,
        (from, at, count) -> {
          for (int i = 0; i < count; i++) {
            long v = type.get(from, i);
            all[at + i] = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, v));
          }
        });
    return all;
  }

  private void requireNumbers() {
    if (this == TEXT) {
      throw new FormatException("it is text, numbers are wanted");
    }
  }

  private interface Taker {
    void take(ByteBuffer from, int at, int n);
  }

  private void read(InputStream in, ByteOrder order, int n, Taker taker) throws IOException {
    int each = bytes();
    byte[] bytes = new byte[(int) Math.min(BUFFER_BYTES, Math.max(1L, (long) n * each))];
    for (int at = 0; at < n; ) {
      int count = Math.min(n - at, bytes.length / each);
      if (in.readNBytes(bytes, 0, count * each) < count * each) {
        throw new EOFException();
      }
      taker.take(ByteBuffer.wrap(bytes, 0, count * each).order(order), at, count);
      at += count;
    }
  }
}

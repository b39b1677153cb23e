package dev.quern.io;

import dev.quern.error.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A reader of values of one element type from a stream. */
final class ArrayStream {
  private static final int BUFFER_BYTES = 1 << 18;

  private final ArrayType type;
  private final InputStream in;
  private final ByteOrder order;

  ArrayStream(ArrayType type, InputStream in, ByteOrder order) {
    this.type = type;
    this.in = in;
    this.order = order;
  }

  /** Reads the next {@code n} values as floats. */
  float[] floats(int n) throws IOException {
    if (type == ArrayType.TEXT) {
      throw new FormatException("it has text, expected numbers");
    }
    float[] all = new float[n];
    read(n, (from, at, count) -> type.floats(from, all, at, count));
    return all;
  }

  /** Reads the next {@code n} integers; values outside int's range are clamped to it. */
  int[] ints(int n) throws IOException {
    if (!type.isWhole()) {
      throw new FormatException("it is " + type + ", not an integer type");
    }
    int[] all = new int[n];
    read(n, (from, at, count) -> type.ints(from, all, at, count));
    return all;
  }

  private interface Taker {
    void take(ByteBuffer from, int at, int n);
  }

  private void read(int n, Taker taker) throws IOException {
    int each = type.bytes();
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

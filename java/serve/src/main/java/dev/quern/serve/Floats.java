package dev.quern.serve;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A growing array of floats, which converts from and to the little-endian floats of the binary
 * tensor data extension.
 */
final class Floats {
  private static final int FIRST = 1024;

  private float[] values = new float[FIRST];
  private int count;

  void add(float value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
  }

  float[] toArray() {
    return Arrays.copyOf(values, count);
  }

  static float[] read(byte[] from, int at, int count) {
    float[] values = new float[count];
    ByteBuffer.wrap(from, at, 4 * count).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  static byte[] bytes(float... values) {
    int length = Math.multiplyExact(Float.BYTES, values.length);
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}

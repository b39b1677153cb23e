package dev.quern.data;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Samples in an array of bytes or of floats; the other array is null. */
record Values(byte[] bytes, float[] floats) {
  Dataset.Kind kind() {
    return floats == null ? Dataset.Kind.BYTES : Dataset.Kind.FLOATS;
  }

  int length() {
    return floats == null ? bytes.length : floats.length;
  }

  void copy(int from, int count, ByteBuffer to) {
    to.put(bytes, from, count);
  }

  void copy(int from, int count, FloatBuffer to) {
    to.put(floats, from, count);
  }
}

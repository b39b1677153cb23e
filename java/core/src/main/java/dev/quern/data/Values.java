package dev.quern.data;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * The samples of a data set in one array, {@code bytes} or {@code floats}; the other array is null.
 */
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
